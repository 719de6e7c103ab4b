// A stretch of a recording as bars, and the window of time that a waveform shows.
export interface PeakList {
  peak_ms: number;
  peaks: readonly number[];
}

// The loudest peak of each of `count` equal parts, 0 to 1; 0 where nothing was heard yet.
export function barsOf({ peak_ms, peaks }: PeakList, fromMs: number, toMs: number, count: number): number[] {
  const bars: number[] = [];
  const step = (toMs - fromMs) / count;
  for (let bar = 0; bar < count; bar++) {
    const first = Math.max(0, Math.floor((fromMs + bar * step) / peak_ms));
    const last = Math.max(first + 1, Math.ceil((fromMs + (bar + 1) * step) / peak_ms));
    let loudest = 0;
    for (let i = first; i < last && i < peaks.length; i++) loudest = Math.max(loudest, peaks[i] ?? 0);
    bars.push(loudest / 255);
  }
  return bars;
}

export interface TimeView {
  fromMs: number;
  spanMs: number;
}

const kSpansMs = [5_000, 15_000, 45_000, 180_000, 900_000];

// Shorter or longer spans, up to the whole.
export function zoomed(spanMs: number, by: 1 | -1, wholeMs: number): number {
  const all = [...kSpansMs.filter((span) => span < wholeMs), wholeMs];
  const nearest = all.findIndex((span) => span >= spanMs);
  const index = nearest < 0 ? all.length - 1 : nearest;
  return all[Math.min(all.length - 1, Math.max(0, index + by))] ?? wholeMs;
}

function within(fromMs: number, spanMs: number, wholeMs: number): number {
  return Math.max(0, Math.min(fromMs, wholeMs - spanMs));
}

// The view that holds a moment: turned like a page when the moment leaves it.
export function viewAt(view: TimeView, atMs: number, wholeMs: number): TimeView {
  const spanMs = Math.min(view.spanMs, wholeMs);
  const isInside = atMs >= view.fromMs && atMs < view.fromMs + spanMs * 0.96;
  const fromMs = within(isInside ? view.fromMs : atMs - spanMs * 0.08, spanMs, wholeMs);
  return fromMs === view.fromMs && spanMs === view.spanMs ? view : { fromMs, spanMs };
}

// Another span around the same moment, which stays where it is on the screen.
export function zoomedView(view: TimeView, spanMs: number, atMs: number, wholeMs: number): TimeView {
  const share = Math.min(1, Math.max(0, (atMs - view.fromMs) / view.spanMs));
  return { fromMs: within(atMs - spanMs * share, spanMs, wholeMs), spanMs };
}
