// The small libraries: clock, search, timeline, rate, routes, subtitles, file names.
import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff";
import { looksLikeAudio } from "./media-kind";
import { observe, secondsLeft, startRate } from "./rate";
import { hrefOf, parseRoute } from "./route";
import { fileNameOf } from "./save-file";
import { findAll, fold } from "./search";
import { asPlainText, asTimedText, asVtt } from "./subtitles";
import { clock } from "./time";
import { activeIndex, lastStartedIndex, mergeWindow, wordAtOffset, wordRanges, type TimedSegment } from "./timeline";

function segment(window: number, start_ms: number, text: string): TimedSegment {
  const words = text.split(" ").map((word, index) => ({ start_ms: start_ms + index * 100, end_ms: start_ms + index * 100 + 90, text: ` ${word}` }));
  return { window, start_ms, end_ms: start_ms + 1000, text, words };
}

describe("clock", () => {
  it("shows hours only when there are any", () => {
    expect([0, 7_000, 754_999, 3_723_000, 36_000_000].map(clock)).toEqual(["0:00", "0:07", "12:34", "1:02:03", "10:00:00"]);
  });
});

describe("search", () => {
  it("finds regardless of case, ё and accents", () => {
    expect(findAll(["Ещё раз: ЕЩЕ", "Café", "nothing"], "еще")).toEqual([
      { segment: 0, start: 0, end: 3 },
      { segment: 0, start: 9, end: 12 },
    ]);
    expect(findAll(["Café"], "cafe")).toHaveLength(1);
  });
  it("keeps the length of the text, so that matches can be marked", () => {
    const text = "İstanbul Straße ﬁne naïve Й";
    expect(fold(text)).toHaveLength(text.length);
  });
  it("tells й from и", () => {
    expect(findAll(["мой"], "мои")).toEqual([]);
  });
  it("finds nothing for blanks, and stops at its limit", () => {
    expect(findAll(["a b"], "  ")).toEqual([]);
    expect(findAll(["a".repeat(9000)], "a")).toHaveLength(5000);
  });
});

describe("timeline", () => {
  const items = [segment(0, 1000, "one two"), segment(0, 3000, "three"), segment(1, 9000, "four")];
  it("finds the last that has started", () => {
    expect([0, 1000, 2999, 3000, 99_000].map((at) => lastStartedIndex(items, at))).toEqual([-1, 0, 0, 1, 2]);
  });
  it("keeps a segment marked through a short pause, not a long one", () => {
    expect(activeIndex(items, 4800, 1500)).toBe(1);
    expect(activeIndex(items, 6000, 1500)).toBe(-1);
  });
  it("finds each word's place in the text, repeated words too", () => {
    const words = ["да", "да", "нет"].map((text) => ({ start_ms: 0, end_ms: 1, text: ` ${text}` }));
    expect(wordRanges("да, да - нет", words)).toEqual([
      { start: 0, end: 2 },
      { start: 4, end: 6 },
      { start: 9, end: 12 },
    ]);
  });
  it("finds the word under an offset", () => {
    const line = segment(0, 0, "alpha beta gamma");
    expect(wordAtOffset(line, 0)?.text).toBe(" alpha");
    expect(wordAtOffset(line, 8)?.text).toBe(" beta");
    expect(wordAtOffset(line, 16)?.text).toBe(" gamma");
    expect(wordAtOffset({ ...line, words: [] }, 3)).toBeNull();
  });
  it("adds a window once, in order, however often events are replayed", () => {
    const first = mergeWindow<TimedSegment>([], 0, [segment(0, 0, "a")]);
    const third = mergeWindow(first, 2, [segment(2, 60_000, "c")]);
    const all = mergeWindow(third, 1, [segment(1, 30_000, "b")]);
    expect(all.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(mergeWindow(all, 1, [segment(1, 30_000, "b")])).toBe(all);
    expect(mergeWindow(all, 3, [])).toBe(all);
  });
});

describe("rate", () => {
  it("says nothing before two seconds, then what is left", () => {
    let rate = observe(startRate(0, 0), 1000, 100);
    expect(secondsLeft(rate, 1000)).toBeNull();
    rate = observe(rate, 2000, 200);
    expect(secondsLeft(rate, 1000)).toBeCloseTo(8);
  });
  it("smooths a stall instead of jumping", () => {
    let rate = startRate(0, 0);
    for (let second = 1; second <= 10; second++) rate = observe(rate, second * 1000, second * 100);
    rate = observe(rate, 11_000, 1000);
    expect(rate.perSecond).toBeGreaterThan(85);
  });
});

describe("routes", () => {
  it("leads to a job and back", () => {
    expect(parseRoute(hrefOf({ screen: "job", id: "abc234" }))).toEqual({ screen: "job", id: "abc234" });
    expect(parseRoute(hrefOf({ screen: "job", id: "abc234", atMs: 12_340 }))).toEqual({ screen: "job", id: "abc234", atMs: 12_340 });
  });
  it("goes home from anything else", () => {
    expect(["", "#", "#/jobs/", "#/jobs/../x", "#/what"].map(parseRoute)).toEqual(Array(5).fill({ screen: "home" }));
  });
});

describe("subtitles", () => {
  const lines = [segment(0, 1000, "a < b"), segment(0, 3_723_004, "c")];
  it("copies words alone or with times", () => {
    expect(asPlainText(lines)).toBe("a < b\nc");
    expect(asTimedText(lines)).toBe("[0:01] a < b\n[1:02:03] c");
  });
  it("makes captions that a player reads", () => {
    expect(asVtt(lines)).toBe("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na &lt; b\n\n01:02:03.004 --> 01:02:04.004\nc\n");
  });
  it("cuts long lines into captions that change with the word that is said, and leaves out what nobody understood", () => {
    const words = Array.from({ length: 30 }, (_, n) => `word${n}`);
    const cues = asVtt([{ ...segment(0, 1000, words.join(" ")), end_ms: 4000 }, segment(0, 9000, "")]).split("\n\n").slice(1);
    expect(cues.map((cue) => cue.split("\n").slice(0, 1))).toEqual([
      ["00:00:01.000 --> 00:00:02.100"],
      ["00:00:02.100 --> 00:00:03.100"],
      ["00:00:03.100 --> 00:00:04.000"],
    ]);
  });
});

describe("file names", () => {
  it("come from filename* before filename", () => {
    expect(fileNameOf("attachment; filename=\"a.srt\"; filename*=UTF-8''%D0%9B.srt")).toBe("Л.srt");
    expect(fileNameOf('attachment; filename="a.srt"')).toBe("a.srt");
    expect(fileNameOf("attachment; filename*=UTF-8''%ZZ")).toBeNull();
    expect(fileNameOf(null)).toBeNull();
  });
  it("tell sound from video", () => {
    expect(["a.MP3", "a.mp4", "a.opus", "a.weba"].map((name) => looksLikeAudio(name))).toEqual([true, false, true, true]);
    expect(looksLikeAudio("a.mp3", "video/mp4")).toBe(false);
  });
});

describe("backoff", () => {
  it("doubles up to fifteen seconds", () => {
    expect([0, 1, 2, 3, 20].map((attempt) => backoffMs(attempt, () => 1))).toEqual([500, 1000, 2000, 4000, 15_000]);
  });
});
