// Which segment and word sound at a moment, and where a word stands in its segment's text.
export interface TimedWord {
  start_ms: number;
  end_ms: number;
  text: string;
}
export interface TimedSegment extends TimedWord {
  window: number;
  words: TimedWord[];
}

// The last item that starts at or before the moment; -1 before the first.
export function lastStartedIndex(items: readonly { start_ms: number }[], atMs: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.start_ms ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// A segment or word stays marked through the pause after it, up to `lingerMs`.
export function activeIndex(items: readonly TimedWord[], atMs: number, lingerMs: number): number {
  const index = lastStartedIndex(items, atMs);
  const item = items[index];
  return item && atMs < item.end_ms + lingerMs ? index : -1;
}

export interface TextRange {
  start: number;
  end: number;
}

// Offsets of each word in the segment's text, found in order; null for a word that the text does not hold.
export function wordRanges(text: string, words: readonly TimedWord[]): (TextRange | null)[] {
  let from = 0;
  return words.map((word) => {
    const bare = word.text.trim();
    const start = bare === "" ? -1 : text.indexOf(bare, from);
    if (start < 0) return null;
    from = start + bare.length;
    return { start, end: from };
  });
}

// The word at an offset of the text: the one that covers it, or else the next one before it.
export function wordAtOffset(segment: TimedSegment, offset: number): TimedWord | null {
  const ranges = wordRanges(segment.text, segment.words);
  let found: TimedWord | null = null;
  ranges.forEach((range, index) => {
    if (range && range.start <= offset) found = segment.words[index] ?? found;
  });
  return found;
}

// Adds what a window gave. A window that is there already changes nothing: events may be replayed.
export function mergeWindow<S extends TimedSegment>(segments: readonly S[], window: number, added: readonly S[]): readonly S[] {
  if (added.length === 0) return segments;
  const last = segments[segments.length - 1];
  if (!last || last.window < window) return [...segments, ...added];
  if (segments.some((segment) => segment.window === window)) return segments;
  return [...segments, ...added].sort((a, b) => a.start_ms - b.start_ms);
}
