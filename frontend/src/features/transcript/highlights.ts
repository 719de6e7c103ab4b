// Marks in the text without touching it: the CSS Custom Highlight API paints ranges, so that ten hours of words stay plain text.
import type { TextRange } from "../../lib/timeline";

export type Mark = "v2t-match" | "v2t-match-current" | "v2t-spoken" | "v2t-hover";

export interface MarkedRange extends TextRange {
  segment: number;
}

function textNodeOf(list: HTMLElement, segment: number): Text | null {
  const node = list.querySelector(`[data-segment="${segment}"] [data-text]`)?.firstChild;
  return node instanceof Text ? node : null;
}

function rangeIn(list: HTMLElement, marked: MarkedRange): Range | null {
  const node = textNodeOf(list, marked.segment);
  if (!node || marked.end > node.length) return null;
  const range = document.createRange();
  range.setStart(node, marked.start);
  range.setEnd(node, marked.end);
  return range;
}

// Replaces what is painted with this mark. Browsers without the API show the segment's own mark only.
export function paint(mark: Mark, list: HTMLElement | null, ranges: readonly MarkedRange[]): void {
  if (typeof Highlight === "undefined" || !("highlights" in CSS)) return;
  const found = list ? ranges.map((range) => rangeIn(list, range)).filter((range) => range !== null) : [];
  if (found.length === 0) return void CSS.highlights.delete(mark);
  const highlight = new Highlight(...found);
  highlight.priority = mark === "v2t-match" ? 1 : mark === "v2t-match-current" ? 3 : 2;
  CSS.highlights.set(mark, highlight);
}

interface CaretDocument {
  caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?: (x: number, y: number) => Range | null;
}

// The offset in an element's text that lies under a point of the window; null where the browser cannot tell.
export function textOffsetAt(element: Element, x: number, y: number): number | null {
  const source = document as CaretDocument;
  const position = source.caretPositionFromPoint?.(x, y);
  if (position) return element.contains(position.offsetNode) ? position.offset : null;
  const range = source.caretRangeFromPoint?.(x, y);
  return range && element.contains(range.startContainer) ? range.startOffset : null;
}
