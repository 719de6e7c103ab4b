// What a person changed and the server does not have yet, segment by segment, over the text that the server sent.
import { isSameSegment, type Edit, type EditableSegment } from "../lib/edits";

export interface OverlayEntry {
  before: EditableSegment | null; // as the server had it; null: it had none
  after: EditableSegment | null; // null: deleted
}

export type Overlay = ReadonlyMap<number, OverlayEntry>;

export const kNoOverlay: Overlay = new Map();

export function laidOver(base: readonly EditableSegment[], overlay: Overlay): readonly EditableSegment[] {
  if (overlay.size === 0) return base;
  const shown: EditableSegment[] = [];
  const left = new Map(overlay);
  for (const segment of base) {
    const entry = left.get(segment.id);
    left.delete(segment.id);
    const seen = entry ? entry.after : segment;
    if (seen) shown.push(seen);
  }
  const inserted = [...left.values()].flatMap(({ after }) => (after ? [after] : []));
  return inserted.length === 0 ? shown : [...shown, ...inserted].sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
}

// `inFlight`: ids that are being sent; what the server has of them is not settled.
export function withEdit(overlay: Overlay, edit: Edit, base: (id: number) => EditableSegment | null, inFlight: ReadonlySet<number>): Overlay {
  const next = new Map(overlay);
  const put = (id: number, after: EditableSegment | null) => {
    const before = next.get(id)?.before ?? (next.has(id) ? null : base(id));
    if (!inFlight.has(id) && isSameSegment(before, after)) next.delete(id);
    else next.set(id, { before, after });
  };
  const added = new Set(edit.added.map(({ id }) => id));
  for (const { id } of edit.removed) if (!added.has(id)) put(id, null);
  for (const segment of edit.added) put(segment.id, segment);
  return next;
}

export interface Conflict {
  id: number;
  mine: EditableSegment | null; // null: deleted
  theirs: EditableSegment | null;
}

function byId(segments: readonly EditableSegment[]): (id: number) => EditableSegment | null {
  const known = new Map(segments.map((segment) => [segment.id, segment]));
  return (id) => known.get(id) ?? null;
}

// What was changed here and, otherwise, in the text that the server has by now.
export function conflictsOf(overlay: Overlay, base: readonly EditableSegment[]): Conflict[] {
  const now = byId(base);
  return [...overlay].flatMap(([id, { before, after }]) => {
    const theirs = now(id);
    return isSameSegment(before, theirs) || isSameSegment(after, theirs) ? [] : [{ id, mine: after, theirs }];
  });
}

// The changes as they are on top of that text: without what it says already, and without those of `dropped`.
export function rebased(overlay: Overlay, base: readonly EditableSegment[], dropped: ReadonlySet<number> = new Set()): Overlay {
  const now = byId(base);
  const kept = [...overlay].filter(([id, { after }]) => !dropped.has(id) && !isSameSegment(now(id), after));
  return new Map(kept.map(([id, { after }]) => [id, { before: now(id), after }]));
}

export interface Word {
  text: string;
  start_ms: number;
  end_ms: number;
  checked: boolean;
  probability: number;
}

export type Change =
  | { segment: number; text?: string; words?: Word[]; start_ms?: number; end_ms?: number }
  | { segment: number; delete: true }
  | { insert: { id?: number; start_ms: number; end_ms: number; text: string; words?: Word[]; language?: string | null } };

// In order, one after the other and within their segment, as the server wants them; recognised ones may overlap a little.
function wordsToSend(segment: EditableSegment): Word[] {
  let from = segment.start_ms;
  const inside = (ms: number) => Math.min(segment.end_ms, Math.max(from, ms));
  return segment.words
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, checked, probability, ...times }) => {
      const start_ms = (from = inside(times.start_ms));
      const end_ms = (from = inside(times.end_ms));
      return { text, start_ms, end_ms, checked, probability };
    });
}

function update(id: number, before: EditableSegment, after: EditableSegment): Change {
  const hasOtherWords = !isSameSegment({ ...before, start_ms: 0, end_ms: 0 }, { ...after, start_ms: 0, end_ms: 0 });
  const { start_ms, end_ms } = after;
  // Words come with their segment's times: else it would begin and end with them.
  if (hasOtherWords && after.words.length > 0) return { segment: id, words: wordsToSend(after), start_ms, end_ms };
  return {
    segment: id,
    ...(hasOtherWords && { text: after.text }),
    ...(before.start_ms !== start_ms && { start_ms }),
    ...(before.end_ms !== end_ms && { end_ms }),
  };
}

function insertion(id: number, after: EditableSegment): Change {
  const { start_ms, end_ms, text, words, language } = after;
  const known = id >= 0 ? { id } : {};
  return { insert: { ...known, start_ms, end_ms, text, ...(words.length > 0 && { words: wordsToSend(after) }), language } };
}

function shrinks({ before, after }: OverlayEntry): boolean {
  return before !== null && after !== null && (after.start_ms > before.start_ms || after.end_ms < before.end_ms);
}

// A new segment that nobody has written anything into: not worth telling yet.
function isBlank({ before, after }: OverlayEntry): boolean {
  return before === null && after?.text === "";
}

// In an order in which no step meets another one's time: what goes, what shrinks, what grows, what comes.
export function inSendingOrder(overlay: Overlay): [number, OverlayEntry][] {
  const rank = (entry: OverlayEntry) => (entry.after === null ? 0 : entry.before === null ? 3 : shrinks(entry) ? 1 : 2);
  const start = ({ before, after }: OverlayEntry) => (after ?? before)?.start_ms ?? 0;
  const worthSending = [...overlay].filter(([, entry]) => !isBlank(entry));
  return worthSending.sort(([, a], [, b]) => rank(a) - rank(b) || start(a) - start(b));
}

// null: nothing to tell, such as a segment that came and went before it was ever sent.
export function changeOf(id: number, { before, after }: OverlayEntry): Change | null {
  if (before && after) return update(id, before, after);
  if (after) return insertion(id, after);
  return before ? { segment: id, delete: true } : null;
}
