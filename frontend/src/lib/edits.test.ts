// Edits as data: words keep their times, what is done can be undone, in every script.
import { describe, expect, it } from "vitest";
import { makeSegment } from "../testing/mock-data";
import { allowedTimes, combine, doubtfulWords, insertedAfter, invert, isSameSegment, merged, splitAt, withChecked, withText, withTimes, type EditableSegment } from "./edits";
import { bareWord, replaceMatches, wholeWordMatches, withWord } from "./replace";
import { retimeWords, tokenise } from "./word-times";

const line = (text: string, startMs = 1000, lengthMs = 4000, id = 1): EditableSegment => makeSegment(0, startMs, lengthMs, text, id);
const after = (edit: { added: readonly EditableSegment[] } | null, index = 0) => edit?.added[index] as EditableSegment;
const texts = (segment: EditableSegment) => segment.words.map(({ text }) => text);

describe("words of a changed text", () => {
  it("that did not change keep their times, and new ones share the gap by their length", () => {
    const before = line("one two three four");
    const changed = after(withText(before, "one deux trois four"));
    expect(changed.words[0]).toEqual(before.words[0]);
    expect(changed.words[3]).toEqual(before.words[3]);
    expect(changed.words[1]?.start_ms).toBe(before.words[0]?.end_ms);
    expect(changed.words[2]?.end_ms).toBe(before.words[3]?.start_ms);
    expect(changed.words.map(({ checked }) => checked)).toEqual([false, true, true, false]);
  });
  it("are kept in the middle of two changes", () => {
    const before = line("a river is a patient river");
    const changed = after(withText(before, "the river is the patient stream"));
    expect(changed.words[1]).toEqual(before.words[1]);
    expect(changed.words[4]).toEqual(before.words[4]);
    expect(texts(changed)).toEqual(["the", " river", " is", " the", " patient", " stream"]);
  });
  it("find room beside their neighbour when there is no gap", () => {
    const changed = after(withText(line("one two"), "one and two"));
    const [one, and, two] = changed.words;
    expect(and && and.end_ms > and.start_ms).toBe(true);
    expect(one?.end_ms).toBe(and?.start_ms);
    expect(and?.end_ms).toBe(two?.start_ms);
  });
  it("join to the text, without spaces too", () => {
    expect(tokenise("今日は天気がいい。").join("")).toBe("今日は天気がいい。");
    const words = [..."今日は天気がいい"].map((text, n) => ({ text, start_ms: n * 100, end_ms: n * 100 + 100, probability: 0.9, checked: false }));
    const changed = retimeWords(words, "今日は天気が悪い", { start_ms: 0, end_ms: 800 });
    expect(changed.map(({ text }) => text).join("")).toBe("今日は天気が悪い");
    expect(changed.slice(0, 6)).toEqual(words.slice(0, 6));
    expect(changed.at(-1)).toEqual(words[7]);
  });
  it("do not take a beginning for a whole word", () => {
    expect(texts(after(withText(line("over there"), "overt there")))).toEqual(["overt", " there"]);
  });
  it("are made where there were none", () => {
    const unclear = { ...line(""), words: [], kind: "unintelligible" as const };
    const typed = after(withText(unclear, "  now \n clear "));
    expect(typed.text).toBe("now clear");
    expect(typed.kind).toBe("speech");
    expect(typed.words.map(({ start_ms, end_ms }) => [start_ms, end_ms])).toEqual([[1000, 2500], [2500, 5000]]);
  });
  it("stay away where the job was made without word times", () => {
    expect(after(withText({ ...line("one two"), words: [] }, "one three")).words).toEqual([]);
  });
});

describe("splitting and joining", () => {
  it("cuts between words, at the second word's start", () => {
    const before = line("one two three");
    const edit = splitAt(before, 3, -1);
    expect([after(edit).text, after(edit, 1).text]).toEqual(["one", "two three"]);
    expect(after(edit, 1).start_ms).toBe(before.words[1]?.start_ms);
    expect(after(edit).end_ms).toBe(before.words[0]?.end_ms);
    expect(after(edit, 1).words.map(({ start_ms }) => start_ms)).toEqual(before.words.slice(1).map(({ start_ms }) => start_ms));
  });
  it("cuts through a word", () => {
    const edit = splitAt(line("something"), 4, -1);
    expect([after(edit).text, after(edit, 1).text]).toEqual(["some", "thing"]);
    expect([texts(after(edit)), texts(after(edit, 1))]).toEqual([["some"], ["thing"]]);
    expect(after(edit).end_ms).toBeLessThanOrEqual(after(edit, 1).start_ms);
  });
  it("does nothing at an end", () => {
    expect(splitAt(line("one two"), 0, -1)).toBeNull();
    expect(splitAt(line("one two"), 7, -1)).toBeNull();
  });
  it("joins what was split into what it was", () => {
    const before = line("one two three");
    const edit = splitAt(before, 7, -1);
    const joined = after(merged(after(edit), after(edit, 1)));
    expect(isSameSegment(joined, before)).toBe(true);
  });
  it("joins without a space where none is written", () => {
    expect(after(merged(line("今日は"), line("天気", 6000, 1000, 2))).text).toBe("今日は天気");
  });
});

describe("an edit", () => {
  it("turned around is its undoing, and two are one", () => {
    const first = withText(line("one"), "two");
    const second = withText(after(first), "three");
    const both = combine(first, second);
    expect(both.removed.map(({ text }) => text)).toEqual(["one"]);
    expect(both.added.map(({ text }) => text)).toEqual(["three"]);
    expect(invert(both).added).toEqual(both.removed);
  });
  it("of times stays between the neighbours and takes the words along", () => {
    const [a, b, c] = [line("a", 0, 1000), line("b one", 2000, 1000, 2), line("c", 4000, 1000, 3)];
    const allowed = allowedTimes(b, a, c);
    expect([allowed.start(500), allowed.end(9000), allowed.start(5000), allowed.end(0)]).toEqual([1000, 4000, 2900, 2100]);
    const changed = after(withTimes(b, 2200, 3000));
    expect(changed.words[0]?.start_ms).toBe(2200);
  });
  it("adds a line only where there is a pause", () => {
    expect(insertedAfter(line("a", 0, 1000), line("b", 1050, 1000), -1)).toBeNull();
    expect(after(insertedAfter(line("a", 0, 1000), line("b", 2000, 1000), -1))).toMatchObject({ start_ms: 1000, end_ms: 2000, text: "" });
  });
});

describe("doubtful words", () => {
  const doubtful = (text: string): EditableSegment => {
    const segment = line(text);
    return { ...segment, words: segment.words.map((word, index) => (index === 1 ? { ...word, probability: 0.3 } : word)) };
  };
  it("are those below 0.6 that nobody checked", () => {
    const segment = doubtful("one two three");
    expect(doubtfulWords([segment])).toMatchObject([{ segment: 1, word: 1, text: "two" }]);
    expect(doubtfulWords([after(withChecked(segment, new Set([1])))])).toEqual([]);
  });
  it("are corrected, taken out, or corrected everywhere as whole words", () => {
    const segment = doubtful("One two, three");
    expect(after(withWord(segment, 1, "too,")).text).toBe("One too, three");
    expect(after(withWord(segment, 1, "")).text).toBe("One three");
    const all = [line("Two twos, two.", 0, 1000, 1), line("twofold", 2000, 1000, 2)];
    const found = wholeWordMatches(all, "two,");
    expect(found).toHaveLength(2);
    expect(replaceMatches(all, found, "too").added.map(({ text }) => text)).toEqual(["too twos, too."]);
    expect(bareWord("«слово»,")).toBe("слово");
  });
});
