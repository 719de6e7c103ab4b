// The sound of a video, taken out in a worker of the browser, so that the page stays alive meanwhile.
import type { SoundAnswer, SoundRequest } from "../lib/sound/sound-worker";
import { looksLikeAudio } from "../lib/media-kind";

export interface TakeSoundOptions {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}
// Null: send the whole file. Never fails: a file that cannot be read here goes up whole.
export type TakeSound = (file: File, options: TakeSoundOptions) => Promise<Blob | null>;

// Below this the whole file is sent as quickly.
const kLeastBytes = 2 * 1024 * 1024;

function startWorker(): Worker | null {
  try {
    return new Worker(new URL("../lib/sound/sound-worker.ts", import.meta.url), { type: "module" });
  } catch {
    return null; // not known here, or refused
  }
}

export const takeSoundOf: TakeSound = (file, { signal, onProgress }) => {
  if (file.size < kLeastBytes || looksLikeAudio(file.name, file.type)) return Promise.resolve(null);
  const worker = startWorker();
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const end = (sound: Blob | null) => {
      worker.terminate();
      resolve(sound);
    };
    worker.onerror = () => end(null);
    worker.onmessage = ({ data }: MessageEvent<SoundAnswer>) => {
      if (data.type === "progress") onProgress(data.fraction);
      else end(data.sound);
    };
    signal.addEventListener("abort", () => end(null));
    worker.postMessage({ file } satisfies SoundRequest);
  });
};
