// What time it is in the recording, and how long the recording is.
import { useCallback, useEffect, useState } from "react";
import type { Job } from "../../api/types";

// The player knows best; before it does, what the server heard. null: nobody knows yet.
export function useWholeMs(job: Job, media: HTMLMediaElement | null): number | null {
  const [ofMedia, setOfMedia] = useState<number | null>(null);
  useEffect(() => {
    if (!media) return;
    const read = () => setOfMedia(Number.isFinite(media.duration) && media.duration > 0 ? media.duration * 1000 : null);
    read();
    media.addEventListener("durationchange", read);
    return () => media.removeEventListener("durationchange", read);
  }, [media]);
  return ofMedia ?? job.duration_ms;
}

// The player's time in whole seconds, as it passes.
export function useSeconds(media: HTMLMediaElement | null): number {
  return useSecondsAt(media, kAlways)[0];
}

// The same for a screen reader: where playing began or stopped and where somebody went, not every second on the way, which
// would be read out over the sound. The second of the pair reads it at once.
export function useSaidSeconds(media: HTMLMediaElement | null): [number, () => void] {
  return useSecondsAt(media, kWhenMoved);
}

const kAlways = ["timeupdate", "seeked"] as const;
const kWhenMoved = ["play", "pause", "seeked"] as const;

function useSecondsAt(media: HTMLMediaElement | null, events: readonly string[]): [number, () => void] {
  const [seconds, setSeconds] = useState(0);
  const read = useCallback(() => setSeconds(Math.floor(media?.currentTime ?? 0)), [media]);
  useEffect(() => {
    if (!media) return;
    read();
    for (const event of events) media.addEventListener(event, read);
    return () => {
      for (const event of events) media.removeEventListener(event, read);
    };
  }, [media, events, read]);
  return [seconds, read];
}
