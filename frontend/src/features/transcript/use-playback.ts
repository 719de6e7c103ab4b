// Follows a media element: whether it plays, how fast, in which loop, and which segment and word sound now.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Segment } from "../../api/types";
import { activeIndex } from "../../lib/timeline";

const kSegmentLingerMs = 1500;
const kWordLingerMs = 300;
export const kSkipMs = 5000;
export const kSpeeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export interface Spoken {
  segment: number; // index; -1: none
  word: number;
}

export interface Loop {
  start_ms: number;
  end_ms: number;
}

export interface Playback {
  media: HTMLMediaElement | null;
  setMedia: (media: HTMLMediaElement | null) => void;
  isPlaying: boolean;
  isWaiting: boolean; // for bytes, while it should play
  spoken: Spoken;
  speed: number;
  loop: Loop | null;
  playFrom: (atMs: number) => void;
  seek: (atMs: number) => void;
  skip: (byMs: number) => void;
  toggle: () => void;
  playOnce: (from: number, to: number) => void; // a stretch, then a stop
  setSpeed: (speed: number) => void;
  setLoop: (loop: Loop | null) => void;
}

const kNothing: Spoken = { segment: -1, word: -1 };

function spokenAt(segments: readonly Segment[], atMs: number): Spoken {
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
  const isWaiting = useWaiting(media);
  const [spoken, setSpoken] = useState<Spoken>(kNothing);
  const [speed, setSpeed] = useState(1);
  const [loop, setLoopState] = useState<Loop | null>(null);
  const stretch = useRef<{ loop: Loop | null; stopAt: number | null }>({ loop: null, stopAt: null });

  useEffect(() => {
    if (media) media.playbackRate = speed;
  }, [media, speed]);

  useEffect(() => {
    if (!media) return;
    let frame = 0;
    let hasMoved = media.currentTime > 0;
    const look = () => {
      hasMoved ||= media.currentTime > 0;
      const next = hasMoved ? spokenAt(segments, media.currentTime * 1000) : kNothing;
      setSpoken((old) => (old.segment === next.segment && old.word === next.word ? old : next));
    };
    const play = () => {
      keepInside(media, stretch.current);
      look();
      frame = requestAnimationFrame(play);
    };
    const sync = () => {
      cancelAnimationFrame(frame);
      setPlaying(!media.paused);
      if (media.paused) look();
      else play();
    };
    const events = ["play", "pause", "ended", "seeked", "emptied"];
    for (const event of events) media.addEventListener(event, sync);
    sync();
    return () => {
      cancelAnimationFrame(frame);
      for (const event of events) media.removeEventListener(event, sync);
    };
  }, [media, segments]);

  const seek = useCallback(
    (atMs: number) => {
      stretch.current.stopAt = null;
      if (media) media.currentTime = Math.max(0, atMs / 1000);
    },
    [media],
  );
  const playFrom = useCallback(
    (atMs: number) => {
      seek(atMs);
      if (media) startPlaying(media);
    },
    [media, seek],
  );
  const playOnce = useCallback(
    (from: number, to: number) => {
      playFrom(from);
      stretch.current.stopAt = to;
    },
    [playFrom],
  );
  const skip = useCallback((byMs: number) => media && seek(media.currentTime * 1000 + byMs), [media, seek]);
  const toggle = useCallback(() => {
    if (!media) return;
    stretch.current.stopAt = null;
    if (media.paused) startPlaying(media);
    else media.pause();
  }, [media]);
  const setLoop = useCallback((next: Loop | null) => {
    stretch.current.loop = next;
    setLoopState(next);
  }, []);

  const shown = media ? spoken : kNothing;
  return { media, setMedia, isPlaying: media !== null && isPlaying, isWaiting, spoken: shown, speed, loop, playFrom, seek, skip, toggle, playOnce, setSpeed, setLoop };
}

const kWaitingEvents = ["waiting", "playing", "pause", "emptied", "seeked", "error"];

function useWaiting(media: HTMLMediaElement | null): boolean {
  const [isWaiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!media) return setWaiting(false);
    const read = ({ type }: Event) => setWaiting(type === "waiting" && !media.paused);
    for (const event of kWaitingEvents) media.addEventListener(event, read);
    return () => {
      for (const event of kWaitingEvents) media.removeEventListener(event, read);
    };
  }, [media]);
  return isWaiting;
}

// Back to the loop's beginning at its end, or a stop where one was asked for.
function keepInside(media: HTMLMediaElement, stretch: { loop: Loop | null; stopAt: number | null }): void {
  const atMs = media.currentTime * 1000;
  if (stretch.stopAt !== null && atMs >= stretch.stopAt) {
    stretch.stopAt = null;
    media.pause();
  } else if (stretch.loop && atMs >= stretch.loop.end_ms) media.currentTime = stretch.loop.start_ms / 1000;
}
