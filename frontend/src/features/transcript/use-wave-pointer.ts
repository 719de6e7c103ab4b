// Mouse and finger on the timeline: to a moment; on the waveform also the borders of the current segment, which can be pulled.
import { useCallback, useRef, type PointerEvent, type RefObject } from "react";
import type { Segment } from "../../api/types";
import { lastStartedIndex } from "../../lib/timeline";
import type { TimeView } from "../../lib/waveform";
import type { Editing } from "./use-editing";
import type { Playback } from "./use-playback";

interface Wave {
  view: RefObject<TimeView>;
  segments: readonly Segment[];
  playback: Playback;
  editing: Editing | null; // null: borders stay
}

type Border = { id: number; edge: "start" | "end" };

const kGripPx = 7;

function shareAt(event: PointerEvent<HTMLElement>): number {
  const box = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}

export function useWavePointer({ view, segments, playback, editing }: Wave) {
  const held = useRef<Border | "place" | null>(null);
  const msAt = (event: PointerEvent<HTMLElement>) => view.current.fromMs + shareAt(event) * view.current.spanMs;

  const borderAt = (event: PointerEvent<HTMLElement>): Border | null => {
    const segment = segments.find(({ id }) => id === editing?.cursor.id);
    if (!segment) return null;
    const reachMs = (kGripPx * view.current.spanMs) / event.currentTarget.getBoundingClientRect().width;
    const ms = msAt(event);
    if (Math.abs(ms - segment.start_ms) < reachMs) return { id: segment.id, edge: "start" };
    return Math.abs(ms - segment.end_ms) < reachMs ? { id: segment.id, edge: "end" } : null;
  };
  const pull = ({ id, edge }: Border, ms: number) => {
    const segment = segments.find((candidate) => candidate.id === id);
    if (segment) editing?.setTimes(id, edge === "start" ? ms : segment.start_ms, edge === "end" ? ms : segment.end_ms, `drag ${id} ${edge}`);
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = borderAt(event) ?? "place";
    if (held.current === "place") playback.seek(msAt(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const grip = held.current;
    const isBorder = grip === null ? borderAt(event) !== null : grip !== "place";
    event.currentTarget.style.cursor = isBorder ? "ew-resize" : "";
    if (grip === "place") playback.seek(msAt(event));
    else if (grip) pull(grip, msAt(event));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const segment = held.current === "place" ? segments[lastStartedIndex(segments, msAt(event))] : undefined;
    held.current = null;
    if (segment && editing?.cursor.caret === null) editing.look(segment.id);
  };
  const isHeld = useCallback(() => held.current !== null, []);
  return { isHeld, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp } };
}

export function useOverviewPointer(playback: Playback, wholeMs: number) {
  const isHeld = useRef(false);
  const go = (event: PointerEvent<HTMLElement>) => playback.seek(shareAt(event) * wholeMs);
  const letGo = () => {
    isHeld.current = false;
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      isHeld.current = true;
      go(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (isHeld.current) go(event);
    },
    onPointerUp: letGo,
    onPointerCancel: letGo,
  };
}
