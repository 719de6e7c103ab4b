// Replacing in a transcript: what was found, or a word wherever it stands alone.
import { withText, type Edit, type EditableSegment } from "./edits";
import { fold, type Match } from "./search";

const kNothing: Edit = { removed: [], added: [] };

export function replaceMatches(segments: readonly EditableSegment[], matches: readonly Match[], replacement: string): Edit {
  const bySegment = new Map<number, Match[]>();
  for (const match of matches) bySegment.set(match.segment, [...(bySegment.get(match.segment) ?? []), match]);
  const edits: Edit[] = [];
  for (const [index, found] of bySegment) {
    const segment = segments[index];
    if (!segment) continue;
    let text = segment.text;
    for (const { start, end } of [...found].sort((a, b) => b.start - a.start)) text = text.slice(0, start) + replacement + text.slice(end);
    edits.push(withText(segment, text));
  }
  return { removed: edits.flatMap(({ removed }) => removed), added: edits.flatMap(({ added }) => added) };
}

const kPartOfWord = /[\p{L}\p{N}\p{M}]/u;

export function wholeWordMatches(segments: readonly EditableSegment[], word: string): Match[] {
  const wanted = fold(bareWord(word));
  if (wanted === "") return [];
  return segments.flatMap(({ text }, segment) => {
    const folded = fold(text);
    const found: Match[] = [];
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
      const end = at + wanted.length;
      if (!kPartOfWord.test(text.charAt(at - 1)) && !kPartOfWord.test(text.charAt(end))) found.push({ segment, start: at, end });
    }
    return found;
  });
}

// A word without the punctuation around it.
export function bareWord(word: string): string {
  return word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
}

// Other text for one word: its segment with only that word changed.
export function withWord(segment: EditableSegment, index: number, text: string): Edit {
  const old = segment.words[index];
  if (!old) return kNothing;
  const clean = text.replace(/\s+/g, " ").trim();
  const space = /^\s*/.exec(old.text)?.[0] ?? "";
  const words = segment.words.map((word, n) => (n === index ? { ...word, text: space + clean, checked: true, probability: 1 } : word));
  const kept = clean === "" ? words.filter((_, n) => n !== index) : words;
  return { removed: [segment], added: [{ ...segment, text: kept.map((word) => word.text).join("").trim(), words: kept, edited: true }] };
}

