// Words of a text that a person changed: unchanged words keep their times, new ones share the time that is left between them.
export interface EditableWord {
  text: string; // with its leading space where the language writes one
  start_ms: number;
  end_ms: number;
  probability: number;
  checked: boolean;
}

export interface TimeSpan {
  start_ms: number;
  end_ms: number;
}

// Chinese, Japanese, Thai, Lao, Burmese, Khmer: written without spaces between words.
const kSpaceless = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
const kLeastMs = 60; // what a word that squeezes in should have

export function isSpaceless(text: string): boolean {
  return kSpaceless.test(text);
}

// Pieces that together are the text, each with the space before it: "Good", " morning".
export function tokenise(text: string): string[] {
  const pieces = text.match(/\s*\S+/g) ?? [];
  return pieces.flatMap((piece) => (isSpaceless(piece) ? spacelessTokens(piece) : [piece]));
}

function spacelessTokens(piece: string): string[] {
  const tokens: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(piece)) {
    const last = tokens.length - 1;
    if (isWordLike || last < 0 || /^\s/.test(segment)) tokens.push(segment);
    else tokens[last] += segment; // punctuation belongs to the word before it
  }
  return tokens.filter((token) => token.trim() !== "");
}

export function joinWords(words: readonly EditableWord[]): string {
  return words.map(({ text }) => text).join("").trim();
}

function endsWord(text: string, at: number): boolean {
  const next = text.charAt(at);
  return next === "" || /\s/.test(next) || isSpaceless(next) || isSpaceless(text.charAt(at - 1));
}

interface Ends {
  head: number; // words at the beginning that are the same
  tail: number; // and at the end
  from: number; // what lies between them in the new text
  to: number;
}

function commonEnds(words: readonly EditableWord[], text: string): Ends {
  let [head, from] = [0, 0];
  for (; head < words.length; head++) {
    const word = words[head]?.text ?? "";
    const bare = head === 0 ? word.trimStart() : word;
    if (bare === "" || !text.startsWith(bare, from) || !endsWord(text, from + bare.length)) break;
    from += bare.length;
  }
  let [tail, to] = [0, text.length];
  for (; tail < words.length - head; tail++) {
    const word = words[words.length - 1 - tail]?.text ?? "";
    const start = to - word.length;
    const isWhole = /^\s/.test(word) || endsWord(text, start);
    if (word === "" || start < from || !isWhole || text.slice(start, to) !== word) break;
    to = start;
  }
  return { head, tail, from, to };
}

// For each token the old word that it is, by the longest common subsequence; null for a new one.
function keptWords(words: readonly EditableWord[], tokens: readonly string[]): (EditableWord | null)[] {
  const [rows, columns] = [words.length, tokens.length];
  const isSame = (i: number, j: number) => words[i]?.text.trim() === tokens[j]?.trim();
  const lengths = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      (lengths[i] as Uint16Array)[j] = isSame(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const kept: (EditableWord | null)[] = tokens.map(() => null);
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (isSame(i, j)) kept[j++] = words[i++] ?? null;
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

// A run of new words between two moments, each as long as its share of the letters.
function share(tokens: readonly string[], from: number, to: number): EditableWord[] {
  const letters = tokens.reduce((sum, token) => sum + token.trim().length, 0);
  let done = 0;
  return tokens.map((text) => {
    const start_ms = Math.round(from + ((to - from) * done) / letters);
    done += text.trim().length;
    return { text, start_ms, end_ms: Math.round(from + ((to - from) * done) / letters), probability: 1, checked: true };
  });
}

// Appends new words before `to`; where there is no room, the word before them gives some of its own.
function appendNew(result: EditableWord[], tokens: readonly string[], span: TimeSpan, to: number): void {
  if (tokens.length === 0) return;
  const last = result[result.length - 1];
  let from = last ? last.end_ms : span.start_ms;
  const wanted = Math.min(kLeastMs * tokens.length, last ? Math.floor((last.end_ms - last.start_ms) / 2) : 0);
  if (last && to - from < wanted) {
    from = to - wanted;
    result[result.length - 1] = { ...last, end_ms: from };
  }
  result.push(...share(tokens, Math.min(from, to), to));
}

export function retimeWords(words: readonly EditableWord[], text: string, span: TimeSpan): EditableWord[] {
  const wanted = text.trim();
  const { head, tail, from, to } = commonEnds(words, wanted);
  const tokens = tokenise(wanted.slice(from, to));
  const kept = keptWords(words.slice(head, words.length - tail), tokens);
  const last = words.slice(words.length - tail);
  const result = words.slice(0, head);
  let fresh: string[] = [];
  tokens.forEach((token, index) => {
    const word = kept[index];
    if (!word) return void fresh.push(token);
    appendNew(result, fresh, span, word.start_ms);
    fresh = [];
    result.push(word.text === token ? word : { ...word, text: token });
  });
  appendNew(result, fresh, span, last[0]?.start_ms ?? span.end_ms);
  return [...result, ...last];
}

// Words within new bounds of their segment: what stuck out is cut.
export function clampWords(words: readonly EditableWord[], span: TimeSpan): EditableWord[] {
  const clamp = (ms: number) => Math.min(span.end_ms, Math.max(span.start_ms, ms));
  return words.map((word) => {
    const [start_ms, end_ms] = [clamp(word.start_ms), clamp(word.end_ms)];
    return start_ms === word.start_ms && end_ms === word.end_ms ? word : { ...word, start_ms, end_ms };
  });
}
