// Marks in the text without touching it: the CSS Custom Highlight API paints ranges, so that ten hours of words stay plain text.
import type { TextRange } from "../../lib/timeline";

export type Mark = "v2t-match" | "v2t-match-current" | "v2t-spoken" | "v2t-hover" | "v2t-doubt";

export interface MarkedRange extends TextRange {
  segment: number; // id
}

const kPriorities: Record<Mark, number> = { "v2t-match": 1, "v2t-doubt": 2, "v2t-spoken": 2, "v2t-hover": 2, "v2t-match-current": 3 };

export function rowOf(list: HTMLElement | null, segment: number): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-segment="${segment}"]`) ?? null;
}

// A place in a text that may be cut into several nodes.
function placeAt(text: Element, offset: number): { node: Text; offset: number } | null {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = node as Text;
    if (left <= length) return { node: node as Text, offset: left };
    left -= length;
  }
  return null;
}

function rangeIn(list: HTMLElement, marked: MarkedRange): Range | null {
  const text = rowOf(list, marked.segment)?.querySelector("[data-text]");
  const start = text ? placeAt(text, marked.start) : null;
  const end = text ? placeAt(text, marked.end) : null;
  if (!start || !end) return null;
  const range = document.createRange();
  range.setStart(start.node, start.offset);
  range.setEnd(end.node, end.offset);
  return range;
}

// Replaces what is painted with this mark. Browsers without the API show the segment's own mark only.
export function paint(mark: Mark, list: HTMLElement | null, ranges: readonly MarkedRange[]): void {
  if (typeof Highlight === "undefined" || !("highlights" in CSS)) return;
  const found = list ? ranges.map((range) => rangeIn(list, range)).filter((range) => range !== null) : [];
  if (found.length === 0) return void CSS.highlights.delete(mark);
  const highlight = new Highlight(...found);
  highlight.priority = kPriorities[mark];
  CSS.highlights.set(mark, highlight);
}

interface CaretDocument {
  caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?: (x: number, y: number) => Range | null;
}

export function offsetWithin(element: Element, node: Node, offset: number): number | null {
  if (!element.contains(node)) return null;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let each = walker.nextNode(); each && each !== node; each = walker.nextNode()) before += (each as Text).length;
  return before + offset;
}

// The offset in an element's text that lies under a point of the window; null where the browser cannot tell.
export function textOffsetAt(element: Element, x: number, y: number): number | null {
  const source = document as CaretDocument;
  const position = source.caretPositionFromPoint?.(x, y);
  if (position) return offsetWithin(element, position.offsetNode, position.offset);
  const range = source.caretRangeFromPoint?.(x, y);
  return range ? offsetWithin(element, range.startContainer, range.startOffset) : null;
}
