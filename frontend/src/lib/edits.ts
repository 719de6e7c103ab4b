// Edits of a transcript as data: the segments that go and those that come. Turned around, an edit is its own undoing.
import { clampWords, isSpaceless, joinWords, retimeWords, type EditableWord } from "./word-times";

export interface EditableSegment {
  id: number; // negative until the server has given it one
  window: number;
  start_ms: number;
  end_ms: number;
  text: string;
  words: EditableWord[];
  language: string | null;
  kind: "speech" | "unintelligible";
  edited: boolean;
  avg_logprob: number;
  no_speech_prob: number;
  compression_ratio: number;
  temperature: number;
}

export interface Edit {
  removed: readonly EditableSegment[];
  added: readonly EditableSegment[];
}

const kLeastSegmentMs = 100;

export function invert(edit: Edit): Edit {
  return { removed: edit.added, added: edit.removed };
}

// Two edits, one after the other, as one.
export function combine(first: Edit, second: Edit): Edit {
  const firstAdded = new Set(first.added.map(({ id }) => id));
  const secondRemoved = new Set(second.removed.map(({ id }) => id));
  return {
    removed: [...first.removed, ...second.removed.filter(({ id }) => !firstAdded.has(id))],
    added: [...first.added.filter(({ id }) => !secondRemoved.has(id)), ...second.added],
  };
}

// Whether a reader would see a difference; how the server measured it does not count.
export function isSameSegment(a: EditableSegment | null, b: EditableSegment | null): boolean {
  if (a === b || !a || !b) return a === b;
  if (a.start_ms !== b.start_ms || a.end_ms !== b.end_ms || a.text !== b.text || a.words.length !== b.words.length) return false;
  return a.words.every((word, index) => {
    const other = b.words[index];
    if (word === other || !other) return word === other;
    return word.text === other.text && word.start_ms === other.start_ms && word.end_ms === other.end_ms && word.checked === other.checked;
  });
}

function replaced(segment: EditableSegment, change: Partial<EditableSegment>): Edit {
  return { removed: [segment], added: [{ ...segment, ...change, edited: true }] };
}

export function withText(segment: EditableSegment, text: string): Edit {
  const clean = text.replace(/\s+/g, " ").trim();
  const hasNoWords = segment.words.length === 0 && segment.text !== ""; // made without word times
  const words = hasNoWords || clean === "" ? [] : retimeWords(segment.words, clean, segment);
  return replaced(segment, { text: clean, words, kind: clean === "" ? segment.kind : "speech" });
}

export function withTimes(segment: EditableSegment, startMs: number, endMs: number): Edit {
  const span = { start_ms: Math.round(startMs), end_ms: Math.round(endMs) };
  return replaced(segment, { ...span, words: clampWords(segment.words, span) });
}

// The times that a segment may take between its neighbours.
export function allowedTimes(segment: EditableSegment, before: EditableSegment | undefined, after: EditableSegment | undefined) {
  const least = before ? Math.min(before.end_ms, segment.start_ms) : 0;
  const most = after ? Math.max(after.start_ms, segment.end_ms) : Infinity;
  return {
    start: (ms: number) => Math.min(segment.end_ms - kLeastSegmentMs, Math.max(least, ms)),
    end: (ms: number) => Math.max(segment.start_ms + kLeastSegmentMs, Math.min(most, ms)),
  };
}

function plain(segment: EditableSegment, id: number): EditableSegment {
  return { ...segment, id, edited: true };
}

// How many words begin before an offset of the text.
function wordsBefore(segment: EditableSegment, offset: number): number {
  let length = 0;
  let count = 0;
  for (const { text } of segment.words) {
    const bare = count === 0 ? text.trimStart() : text;
    if (length + bare.length - bare.trimStart().length >= offset) break;
    length += bare.length;
    count++;
  }
  return count;
}

// Cuts a segment at an offset of its text; a word that the cut goes through is cut in time as well. null: nothing on one side.
export function splitAt(segment: EditableSegment, offset: number, newId: number): Edit | null {
  const [left, right] = [segment.text.slice(0, offset).trim(), segment.text.slice(offset).trim()];
  if (left === "" || right === "" || segment.end_ms - segment.start_ms < 2 * kLeastSegmentMs) return null;
  const n = wordsBefore(segment, offset);
  const next = segment.words[n];
  const last = segment.words[n - 1];
  const isClean = joinWords(segment.words.slice(0, n)) === left;
  const byLetters = segment.start_ms + ((segment.end_ms - segment.start_ms) * left.length) / (left.length + right.length);
  const wanted = isClean && next && last ? next.start_ms : last ? (last.start_ms + last.end_ms) / 2 : byLetters;
  const cut = Math.round(Math.min(segment.end_ms - kLeastSegmentMs, Math.max(segment.start_ms + kLeastSegmentMs, wanted)));
  const leftSpan = { start_ms: segment.start_ms, end_ms: isClean && last ? Math.min(cut, Math.max(last.end_ms, segment.start_ms + kLeastSegmentMs)) : cut };
  const rightSpan = { start_ms: cut, end_ms: segment.end_ms };
  const has = segment.words.length > 0;
  const leftWords = has ? clampWords(retimeWords(segment.words.slice(0, n), left, leftSpan), leftSpan) : [];
  const rightWords = has ? clampWords(retimeWords(segment.words.slice(isClean ? n : n - 1), right, rightSpan), rightSpan) : [];
  return {
    removed: [segment],
    added: [
      { ...plain(segment, segment.id), ...leftSpan, text: left, words: leftWords },
      { ...plain(segment, newId), ...rightSpan, text: right, words: rightWords },
    ],
  };
}

export function merged(first: EditableSegment, second: EditableSegment): Edit {
  const needsSpace = first.text !== "" && second.text !== "" && !(isSpaceless(first.text.slice(-1)) || isSpaceless(second.text.charAt(0)));
  const text = `${first.text}${needsSpace ? " " : ""}${second.text}`;
  const [head, ...rest] = second.words;
  const joint = head && { ...head, text: `${needsSpace ? " " : ""}${head.text.trimStart()}` };
  const haveWords = (first.words.length > 0 || first.text === "") && (second.words.length > 0 || second.text === "");
  const words = haveWords ? [...first.words, ...(joint ? [joint] : []), ...rest] : [];
  const end_ms = Math.max(first.end_ms, second.end_ms);
  const kind = text === "" ? first.kind : "speech";
  return { removed: [first, second], added: [{ ...first, end_ms, text, words, kind, edited: true }] };
}

export function withoutSegment(segment: EditableSegment): Edit {
  return { removed: [segment], added: [] };
}

const kNewSegmentMs = 2000;

// An empty segment in the pause after another one; null: there is no pause.
export function insertedAfter(before: EditableSegment, after: EditableSegment | undefined, newId: number): Edit | null {
  const end_ms = Math.min(before.end_ms + kNewSegmentMs, after?.start_ms ?? Infinity);
  if (end_ms - before.end_ms < kLeastSegmentMs) return null;
  const fresh = { id: newId, start_ms: before.end_ms, end_ms, text: "", words: [], kind: "speech" as const, edited: true };
  return { removed: [], added: [{ ...before, ...fresh }] };
}

export function withChecked(segment: EditableSegment, words: ReadonlySet<number>): Edit {
  return replaced(segment, { words: segment.words.map((word, index) => (words.has(index) ? { ...word, checked: true } : word)) });
}

// ---- doubtful words
const kDoubtfulBelow = 0.6;

export function isDoubtful(word: EditableWord): boolean {
  return word.probability < kDoubtfulBelow && !word.checked && word.text.trim() !== "";
}

export interface DoubtfulWord {
  segment: number; // id
  word: number; // index
  text: string;
  start_ms: number;
  end_ms: number;
}

export function doubtfulWords(segments: readonly EditableSegment[]): DoubtfulWord[] {
  return segments.flatMap((segment) =>
    segment.words.flatMap((word, index) =>
      isDoubtful(word) ? [{ segment: segment.id, word: index, text: word.text.trim(), start_ms: word.start_ms, end_ms: word.end_ms }] : [],
    ),
  );
}

// Where speech was heard and not understood, and nobody has written it down yet.
export function unclearPlaces<S extends EditableSegment>(segments: readonly S[]): S[] {
  return segments.filter(({ kind }) => kind === "unintelligible");
}
