// The stretch of sound that the text selected with the mouse takes; null: nothing is selected.
import type { Segment } from "../../api/types";
import { wordAtOffset } from "../../lib/timeline";
import { offsetWithin } from "./highlights";
import type { Loop } from "./use-playback";

export function selectedStretch(list: HTMLElement | null, segments: readonly Segment[]): Loop | null {
  const selection = window.getSelection();
  if (!list || !selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const start = wordAt(list, segments, range.startContainer, range.startOffset);
  const end = wordAt(list, segments, range.endContainer, Math.max(0, range.endOffset - 1));
  return start && end && end.end_ms > start.start_ms ? { start_ms: start.start_ms, end_ms: end.end_ms } : null;
}

function wordAt(list: HTMLElement, segments: readonly Segment[], node: Node, offset: number): Loop | null {
  const text = (node instanceof Element ? node : node.parentElement)?.closest("[data-text]");
  const id = Number(text?.closest("[data-segment]")?.getAttribute("data-segment") ?? NaN);
  const segment = segments.find((candidate) => candidate.id === id);
  if (!text || !segment || !list.contains(text)) return null;
  const at = offsetWithin(text, node, offset);
  return (at === null ? null : wordAtOffset(segment, at)) ?? segment;
}
