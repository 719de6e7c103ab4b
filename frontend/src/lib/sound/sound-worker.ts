// The worker that takes the sound out of one video, then is ended.
import { takeSound } from "./sound-only";

export interface SoundRequest {
  file: Blob;
}
export type SoundAnswer = { type: "progress"; fraction: number } | { type: "done"; sound: Blob | null };

const answer = (message: SoundAnswer) => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<SoundRequest>) => {
  takeSound(data.file, { onProgress: (fraction) => answer({ type: "progress", fraction }) }).then(
    (sound) => answer({ type: "done", sound: sound?.blob ?? null }),
    () => answer({ type: "done", sound: null }),
  );
};
