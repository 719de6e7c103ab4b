// A session of editing: sends what changed once, keeps it when it cannot, and loses nothing when others change the same.
import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeFetch, kSession, type Answer } from "../testing/fake-fetch";
import { makeSegment } from "../testing/mock-data";
import { merged, splitAt, withText, withoutSegment } from "../lib/edits";
import { connectionStore } from "./connection";
import { laidOver } from "./edit-overlay";
import { EditSession } from "./edit-session";
import { keys } from "./query-client";
import { forgetSession } from "./session";
import type { Segment, Transcript } from "./types";

const kPath = "/api/v1/jobs/j/transcript";
const kLines = [makeSegment(0, 0, 2000, "The river is old.", 10), makeSegment(0, 5000, 2000, "Nobody dug it.", 11)];

beforeEach(() => {
  forgetSession();
  connectionStore.set("offline"); // no probing beside the test
  vi.useFakeTimers({ shouldAdvanceTime: true });
});

function transcript(segments: Segment[], version: number): Transcript {
  const facts = { job: "j", name: "a", model: "base", language: "en", task: "transcribe" as const, duration_ms: 60_000, is_complete: true };
  return { ...facts, version, segments, warnings: [] };
}

function start(answers: Record<string, Answer | (() => Answer)>) {
  const calls = fakeFetch({ "POST /api/v1/session": kSession, ...answers });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queryClient.setQueryData(keys.transcript("j"), transcript(kLines, 3));
  const session = new EditSession("j", queryClient);
  const shown = () => laidOver(session.base(), session.state.get().overlay).map(({ text }) => text);
  const sent = () => calls.filter(({ key }) => key === `PATCH ${kPath}`).map(({ body }) => (JSON.parse(body) as { changes: Record<string, unknown>[] }).changes);
  return { session, queryClient, calls, shown, sent };
}

const first = kLines[0] as Segment;
const second = kLines[1] as Segment;
const accepted = (segments: Segment[], removed: number[] = [], version = 4): Answer => ({ body: { version, segments, removed } });

describe("a change", () => {
  it("shows at once, is sent once as words with their times, and is then the server's text", async () => {
    const after = withText(first, "The river is young.").added[0] as Segment;
    const { session, shown, sent, queryClient } = start({ [`PATCH ${kPath}`]: accepted([after]) });
    session.commit(withText(first, "The river is young."));
    expect(shown()[0]).toBe("The river is young.");
    expect(session.state.get().save).toBe("waiting");
    await session.saveNow();
    expect(session.state.get().save).toBe("saved");
    expect(sent()).toHaveLength(1);
    const words = after.words.map(({ text, start_ms, end_ms, checked, probability }) => ({ text, start_ms, end_ms, checked, probability }));
    expect(sent()[0]).toEqual([{ segment: 10, words, start_ms: 0, end_ms: 2000 }]);
    expect(queryClient.getQueryData<Transcript>(keys.transcript("j"))).toMatchObject({ version: 4, segments: [{ text: "The river is young." }, {}] });
  });
  it("that is undone before it was sent is never sent", async () => {
    const { session, shown, sent } = start({});
    session.commit(withText(first, "Other."));
    session.undo();
    await session.saveNow();
    expect(shown()[0]).toBe("The river is old.");
    expect(sent()).toEqual([]);
  });
  it("made while another is on its way goes after it, on the new version", async () => {
    let versions = 3;
    const texts = ["One.", "Two."];
    const { session, sent } = start({ [`PATCH ${kPath}`]: () => accepted([withText(first, texts[versions - 3] ?? "").added[0] as Segment], [], ++versions) });
    session.commit(withText(first, "One."));
    const saving = session.saveNow();
    session.commit(withText(withText(first, "One.").added[0] as Segment, "Two."));
    await saving;
    await session.saveNow();
    expect(sent().map(([change]) => (change?.["words"] as { text: string }[])[0]?.text)).toEqual(["One.", "Two."]);
    expect(session.state.get().overlay.size).toBe(0);
  });
});

describe("many changes", () => {
  it("go in requests that the server takes, each on the version of the one before", async () => {
    const long = "word ".repeat(400).trim();
    const lines = Array.from({ length: 20 }, (_, n) => makeSegment(0, n * 5000, 4000, long, n));
    let version = 3;
    const { session, queryClient, calls, sent } = start({ [`PATCH ${kPath}`]: () => accepted([], [], ++version) });
    queryClient.setQueryData(keys.transcript("j"), transcript(lines, 3));
    const edits = lines.map((line) => withText(line, `${line.text} more`));
    session.commit({ removed: edits.flatMap(({ removed }) => removed), added: edits.flatMap(({ added }) => added) });
    await session.saveNow();
    expect(sent().length).toBeGreaterThan(1);
    expect(sent().flat()).toHaveLength(20);
    expect(calls.every(({ body }) => body.length < 1_000_000)).toBe(true);
    expect(session.state.get().save).toBe("saved");
  });
  it("with overlapping words come in order and within their line", async () => {
    const messy = { ...first, words: first.words.map((word, n) => (n === 1 ? { ...word, start_ms: word.start_ms - 100, end_ms: 99_999 } : word)) };
    const { session, queryClient, sent } = start({ [`PATCH ${kPath}`]: accepted([]) });
    queryClient.setQueryData(keys.transcript("j"), transcript([messy, second], 3));
    session.commit(withText(messy, "The river is young."));
    await session.saveNow();
    const words = sent()[0]?.[0]?.["words"] as { start_ms: number; end_ms: number }[];
    expect(words.every(({ start_ms, end_ms }, n) => start_ms <= end_ms && start_ms >= (words[n - 1]?.end_ms ?? 0) && end_ms <= 2000)).toBe(true);
  });
});

describe("a split", () => {
  it("is the first part's words and an insertion; later the new part is known by the server's id", async () => {
    const edit = splitAt(first, 9, -1);
    const parts = edit?.added as Segment[];
    const born = { ...(parts[1] as Segment), id: 99 };
    let gone: number[] = [];
    const { session, shown, sent } = start({
      [`PATCH ${kPath}`]: () => (gone.length > 0 ? accepted([], gone, 5) : accepted([parts[0] as Segment, born])),
    });
    if (edit) session.commit(edit);
    await session.saveNow();
    expect(sent()[0]?.map((change) => Object.keys(change)[0])).toEqual(["segment", "insert"]);
    expect(shown()).toEqual(["The river", "is old.", "Nobody dug it."]);
    gone = [99];
    session.commit(withoutSegment(session.base()[1] as Segment));
    await session.saveNow();
    expect(sent()[1]).toEqual([{ segment: 99, delete: true }]);
  });
  it("of two lines into one deletes before it grows", async () => {
    const joined = merged(first, second);
    const { session, sent } = start({ [`PATCH ${kPath}`]: accepted([joined.added[0] as Segment], [11]) });
    session.commit(joined);
    await session.saveNow();
    expect(sent()[0]?.[0]).toEqual({ segment: 11, delete: true });
    expect(sent()[0]?.[1]).toMatchObject({ segment: 10, end_ms: 7000 });
  });
});

describe("without the server", () => {
  it("what was changed stays on this device, and undo works in the next session", async () => {
    const { session, queryClient } = start({ [`PATCH ${kPath}`]: "silence" });
    session.commit(withText(first, "Kept."));
    await session.saveNow();
    expect(session.state.get().save).toBe("offline");
    const next = new EditSession("j", queryClient);
    expect(laidOver(next.base(), next.state.get().overlay)[0]?.text).toBe("Kept.");
    next.undo();
    expect(laidOver(next.base(), next.state.get().overlay)[0]?.text).toBe("The river is old.");
  });
  it("what it refuses is said and kept", async () => {
    const { session, shown } = start({ [`PATCH ${kPath}`]: { status: 400, body: { error: { code: "invalid_argument", message: "no", param: null } } } });
    session.commit(withText(first, "Kept."));
    await session.saveNow();
    expect(session.state.get()).toMatchObject({ save: "failed", error: { code: "invalid_argument" } });
    expect(shown()[0]).toBe("Kept.");
  });
});

describe("a text that is not loaded yet", () => {
  it("gets what an earlier page left unsent once it is", async () => {
    const mine = withText(first, "Kept.").added[0] as Segment;
    let isSilent = true;
    const { session, queryClient, sent } = start({ [`PATCH ${kPath}`]: () => (isSilent ? "silence" : accepted([mine])) });
    session.commit(withText(first, "Kept."));
    queryClient.removeQueries();
    const next = new EditSession("j", queryClient);
    expect(next.state.get().save).toBe("waiting");
    await vi.advanceTimersByTimeAsync(3000);
    expect(sent()).toEqual([]);
    isSilent = false;
    queryClient.setQueryData(keys.transcript("j"), transcript(kLines, 3));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent()).not.toEqual([]);
    expect(next.state.get().save).toBe("saved");
  });
});

describe("somebody else's change", () => {
  const stale: Answer = { status: 412, body: { error: { code: "stale", message: "later", param: null } }, headers: { ETag: '"v4"' } };
  const theirs = (index: number, text: string) => transcript(kLines.map((line, n) => (n === index ? (withText(line, text).added[0] as Segment) : line)), 4);

  it("of another line is taken, and the own change goes on top", async () => {
    let answers = 0;
    const mine = withText(first, "Mine.").added[0] as Segment;
    const { session, shown, sent } = start({
      [`PATCH ${kPath}`]: () => (answers++ === 0 ? stale : accepted([mine], [], 5)),
      [`GET ${kPath}`]: { body: theirs(1, "Theirs.") },
    });
    session.commit(withText(first, "Mine."));
    await session.saveNow();
    await vi.advanceTimersByTimeAsync(10);
    await session.saveNow();
    expect(shown()).toEqual(["Mine.", "Theirs."]);
    expect(sent()).toHaveLength(2);
    expect(session.state.get().conflicts).toEqual([]);
  });
  it("of the same line waits for a choice, with both texts", async () => {
    const { session, shown } = start({ [`PATCH ${kPath}`]: stale, [`GET ${kPath}`]: { body: theirs(0, "Theirs.") } });
    session.commit(withText(first, "Mine."));
    await session.saveNow();
    expect(session.state.get()).toMatchObject({ save: "conflict", conflicts: [{ id: 10, mine: { text: "Mine." }, theirs: { text: "Theirs." } }] });
    expect(shown()[0]).toBe("Mine.");
    session.settle(new Set([10]));
    expect(shown()[0]).toBe("Theirs.");
    expect(session.state.get().save).toBe("saved");
  });
  it("that was read before the own one was sent is not written over", async () => {
    const { session, queryClient, sent } = start({ [`PATCH ${kPath}`]: accepted([]) });
    session.commit(withText(first, "Mine."));
    queryClient.setQueryData(keys.transcript("j"), theirs(0, "Theirs."));
    await session.saveNow();
    expect(sent()).toEqual([]);
    expect(session.state.get()).toMatchObject({ save: "conflict", conflicts: [{ id: 10, theirs: { text: "Theirs." } }] });
  });
});

describe("two tabs of one text", () => {
  const texts = (session: EditSession) => laidOver(session.base(), session.state.get().overlay).map(({ text }) => text);
  const tabOf = (queryClient: QueryClient, tab: string) => new EditSession("j", queryClient, tab);

  it("each undo what was done in them, and keep what they have not sent", () => {
    const { queryClient } = start({ [`PATCH ${kPath}`]: "silence" });
    const [left, right] = [tabOf(queryClient, "left"), tabOf(queryClient, "right")];
    left.commit(withText(first, "Left."));
    right.commit(withText(second, "Right."));
    expect(texts(tabOf(queryClient, "left"))).toEqual(["Left.", "Nobody dug it."]);
    const again = tabOf(queryClient, "right");
    expect(texts(again)).toEqual(["The river is old.", "Right."]);
    again.undo();
    expect(texts(again)).toEqual(kLines.map(({ text }) => text));
    expect(texts(tabOf(queryClient, "left"))).toEqual(["Left.", "Nobody dug it."]);
  });
  it("take over what a closed one left: with its undo where nothing was done, on top where something was", async () => {
    const { queryClient } = start({ [`PATCH ${kPath}`]: "silence" });
    tabOf(queryClient, "closed").commit(withText(first, "Left behind."));
    const fresh = tabOf(queryClient, "fresh");
    await vi.advanceTimersByTimeAsync(500);
    expect(texts(fresh)[0]).toBe("Left behind.");
    expect(fresh.state.get().history.undo).toHaveLength(1);

    const split = splitAt(second, 6, fresh.newId());
    if (split) fresh.commit(split);
    const busy = tabOf(queryClient, "busy");
    busy.commit(withText(first, "Busy."));
    await vi.advanceTimersByTimeAsync(500);
    expect(texts(busy)).toEqual(["Busy.", "Nobody", "dug it."]);
    expect(Object.keys(window.localStorage)).not.toContain("v2t.edits.j.closed");
  });
});
