// Follows a media element: whether it plays, and which segment and word sound now.
import { useCallback, useEffect, useState } from "react";
import type { Segment } from "../../api/types";
import { activeIndex } from "../../lib/timeline";

const kSegmentLingerMs = 1500;
const kWordLingerMs = 300;

export interface Spoken {
  segment: number; // -1: none
  word: number;
}

export interface Playback {
  media: HTMLMediaElement | null;
  setMedia: (media: HTMLMediaElement | null) => void;
  isPlaying: boolean;
  spoken: Spoken;
  playFrom: (atMs: number) => void;
  skip: (byMs: number) => void;
  toggle: () => void;
}

const kNothing: Spoken = { segment: -1, word: -1 };

export function spokenAt(segments: readonly Segment[], atMs: number): Spoken {
  const segment = activeIndex(segments, atMs, kSegmentLingerMs);
  if (segment < 0) return kNothing;
  return { segment, word: activeIndex(segments[segment]?.words ?? [], atMs, kWordLingerMs) };
}

function startPlaying(media: HTMLMediaElement): void {
  media.play().catch(() => undefined); // refused or interrupted: the control shows that it stands still
}

export function usePlayback(segments: readonly Segment[]): Playback {
  const [media, setMedia] = useState<HTMLMediaElement | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [spoken, setSpoken] = useState<Spoken>(kNothing);

  useEffect(() => {
    if (!media) return;
    let frame = 0;
    let hasMoved = media.currentTime > 0;
    const look = () => {
      hasMoved ||= media.currentTime > 0;
      const next = hasMoved ? spokenAt(segments, media.currentTime * 1000) : kNothing;
      setSpoken((old) => (old.segment === next.segment && old.word === next.word ? old : next));
    };
    const loop = () => {
      look();
      frame = requestAnimationFrame(loop);
    };
    const sync = () => {
      cancelAnimationFrame(frame);
      setPlaying(!media.paused);
      if (media.paused) look();
      else loop();
    };
    const events = ["play", "pause", "ended", "seeked", "emptied"];
    for (const event of events) media.addEventListener(event, sync);
    sync();
    return () => {
      cancelAnimationFrame(frame);
      for (const event of events) media.removeEventListener(event, sync);
    };
  }, [media, segments]);

  const playFrom = useCallback(
    (atMs: number) => {
      if (!media) return;
      media.currentTime = atMs / 1000;
      startPlaying(media);
    },
    [media],
  );
  const skip = useCallback(
    (byMs: number) => {
      if (media) media.currentTime = Math.max(0, media.currentTime + byMs / 1000);
    },
    [media],
  );
  const toggle = useCallback(() => {
    if (!media) return;
    if (media.paused) startPlaying(media);
    else media.pause();
  }, [media]);

  return { media, setMedia, isPlaying, spoken: media ? spoken : kNothing, playFrom, skip, toggle };
}
