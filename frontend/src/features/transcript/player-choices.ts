// How somebody likes to listen, kept for every recording: how loud, and whether with captions.
import { readJson, readText, writeJson, writeText } from "../../lib/storage";
import { Store } from "../../lib/store";

export interface Loudness {
  volume: number; // 0 to 1
  isMuted: boolean;
}

const kLoudnessKey = "v2t.loudness";
const kCaptionsKey = "v2t.captions";

function rememberedLoudness(): Loudness {
  const { volume, isMuted } = (readJson(kLoudnessKey) ?? {}) as Partial<Loudness>;
  return { volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 1, isMuted: isMuted === true };
}

export const loudnessStore = new Store<Loudness>(rememberedLoudness());
export const captionsStore = new Store(readText(kCaptionsKey) === "on");

// To nothing is to mute, and what is turned up is heard.
export function setVolume(volume: number): void {
  keepLoudness(volume === 0 ? { ...loudnessStore.get(), isMuted: true } : { volume, isMuted: false });
}

export function toggleMuted(): void {
  const { volume, isMuted } = loudnessStore.get();
  keepLoudness({ volume, isMuted: !isMuted });
}

export function toggleCaptions(): void {
  captionsStore.update((isOn) => !isOn);
  writeText(kCaptionsKey, captionsStore.get() ? "on" : null);
}

function keepLoudness(loudness: Loudness): void {
  loudnessStore.set(loudness);
  writeJson(kLoudnessKey, loudness);
}
