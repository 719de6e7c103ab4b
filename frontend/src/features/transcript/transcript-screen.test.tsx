// One file's screen: its text, search, copying, downloads, playing from a word; and its loading, failed and empty states.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { connectionStore } from "../../api/connection";
import { forgetSession } from "../../api/session";
import type { Job, Segment } from "../../api/types";
import { fakeFetch, kSession, type Answer } from "../../testing/fake-fetch";
import { makeSegment, newJob } from "../../testing/mock-data";
import { renderPage } from "../../testing/render";
import { TranscriptScreen } from "./transcript-screen";

beforeEach(() => {
  forgetSession();
  connectionStore.set("offline");
});

const kSegments = [makeSegment(0, 0, 2000, "The river is old."), makeSegment(0, 5000, 2000, "Nobody dug the river bed.")];

function show(job: Job, segments: Segment[] = kSegments, more: Record<string, Answer | (() => Answer)> = {}) {
  const { name, language, duration_ms, warnings } = job;
  const transcript = { job: job.id, version: 0, name, model: "base", language, task: "transcribe", duration_ms, is_complete: true, segments, warnings };
  const calls = fakeFetch({
    "POST /api/v1/session": kSession,
    "GET /api/v1/models": { body: { models: [], downloads: [] } },
    [`GET /api/v1/jobs/${job.id}`]: { body: job },
    [`GET /api/v1/jobs/${job.id}/transcript`]: { body: transcript },
    ...more,
  });
  return { calls, ...renderPage(<TranscriptScreen id={job.id} />) };
}

const done = (change: Partial<Job> = {}) => newJob({ name: "rivers.mp4", state: "done", language: "en", duration_ms: 60_000, ...change });

describe("the text", () => {
  it("stands with its times, the language that was detected and the notes", async () => {
    show(done({ warnings: [{ code: "ends_early", message: "the file ends after 3 s of the 1 h 0 min" }] }));
    expect(await screen.findByText("Nobody dug the river bed.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Play from 0:05" })).toBeTruthy();
    expect(screen.getAllByText("English, detected").length).toBeGreaterThan(0);
    expect(screen.getAllByText("The file ends earlier than it says: it may have been cut off.").length).toBeGreaterThan(0);
    expect(document.title).toBe("rivers.mp4 – Video to Text");
  });
  it("plays from the line that was clicked", async () => {
    show(done());
    await userEvent.click(await screen.findByRole("button", { name: "Play from 0:05" }));
    expect(document.querySelector("video")?.currentTime).toBe(5);
  });
  it("plays from the very word that was clicked", async () => {
    show(done());
    const line = await screen.findByText("Nobody dug the river bed.");
    Object.assign(document, { caretPositionFromPoint: () => ({ offsetNode: line.firstChild, offset: 16 }) });
    fireEvent.click(line);
    const word = kSegments[1]?.words.find(({ text }) => text === " river");
    expect(document.querySelector("video")?.currentTime).toBe((word?.start_ms ?? 0) / 1000);
    Object.assign(document, { caretPositionFromPoint: undefined });
  });
  it("takes the media from the server with the session, for frames without cookies", async () => {
    show(done());
    await screen.findByText("The river is old.");
    expect(document.querySelector("video")?.getAttribute("src")).toMatch(/\/media\?session=token-1$/);
  });
  it("has no box for a picture that is not there, also where the browser knew before the page listened", async () => {
    const known = vi.spyOn(HTMLMediaElement.prototype, "readyState", "get").mockReturnValue(1);
    show(done());
    expect(await screen.findByText(/There is no picture to show/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Full screen" })).toBeNull();
    known.mockRestore();
  });
  it("is searched, forward and back", async () => {
    show(done());
    await screen.findByText("The river is old.");
    await userEvent.type(screen.getByRole("searchbox"), "RIVER");
    expect(await screen.findByText("1 of 2")).toBeTruthy();
    await userEvent.keyboard("{Enter}");
    expect(screen.getByText("2 of 2")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Previous match" }));
    expect(screen.getByText("1 of 2")).toBeTruthy();
    await userEvent.clear(screen.getByRole("searchbox"));
    await userEvent.type(screen.getByRole("searchbox"), "glacier");
    expect(await screen.findByText("No matches")).toBeTruthy();
  });
  it("is copied with times", async () => {
    const user = userEvent.setup();
    show(done());
    await screen.findByText("The river is old.");
    await user.click(screen.getByRole("button", { name: "Copy" }));
    await user.click(screen.getByRole("menuitem", { name: /Text with times/ }));
    expect(await navigator.clipboard.readText()).toBe("[0:00] The river is old.\n[0:05] Nobody dug the river bed.");
    expect((await screen.findAllByText("Copied")).length).toBeGreaterThan(0);
  });
  it("is downloaded in a format, and says so when that fails", async () => {
    const job = done();
    const { calls } = show(job, kSegments, { [`GET /api/v1/jobs/${job.id}/exports/srt`]: { status: 503, body: {} } });
    await screen.findByText("The river is old.");
    await userEvent.click(screen.getByRole("button", { name: "Download" }));
    expect(screen.getAllByRole("menuitem").map((item) => item.firstChild?.textContent)).toEqual(["TXT", "DOCX", "SRT", "VTT", "JSON", "TSV", "More formats and options…"]);
    await userEvent.click(screen.getByRole("menuitem", { name: /SRT/ }));
    expect(await screen.findByText(/The download failed. The server is busy/)).toBeTruthy();
    expect(calls.some(({ key }) => key.endsWith("/exports/srt"))).toBe(true);
  });
});

describe("the menu", () => {
  it("moves by arrows and closes by Escape, back to its button", async () => {
    show(done());
    await screen.findByText("The river is old.");
    const button = screen.getByRole("button", { name: "Download" });
    button.focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("TXT");
    await userEvent.keyboard("{ArrowDown}{ArrowUp}{ArrowUp}");
    expect(document.activeElement?.textContent).toContain("More formats");
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(button);
  });
});

describe("the states", () => {
  it("say that there was no speech", async () => {
    show(done(), []);
    expect(await screen.findByText("No speech was found in this recording.")).toBeTruthy();
  });
  it("say that the job does not exist", async () => {
    const job = newJob();
    show(job, [], { [`GET /api/v1/jobs/${job.id}`]: { status: 404, body: { error: { code: "not_found", message: "no such job", param: null } } } });
    expect(await screen.findByText(/does not exist, or it is not yours/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "All files" })).toBeTruthy();
  });
  it("say why a job failed and what to do, with the server's words", async () => {
    show(newJob({ name: "a.mov", state: "failed", error: { code: "damaged_media", message: "a.mov: the index at the end is missing" } }), []);
    expect(await screen.findByText("This file is damaged or incomplete.")).toBeTruthy();
    expect(screen.getByText("a.mov: the index at the end is missing")).toBeTruthy();
  });
  it("offer other settings where these may help, and not for what is no media", async () => {
    for (const [code, words, offers] of [["damaged_media", "This file is damaged or incomplete.", 1], ["not_media", "This is not a video or a sound recording.", 0]] as const) {
      const { unmount } = show(newJob({ state: "failed", upload: { id: "u", received_bytes: 9, size_bytes: 9 }, error: { code, message: "a.mov" } }), []);
      await screen.findByText(words);
      expect(screen.getByText("Model")).toBeTruthy();
      expect(screen.queryAllByRole("button", { name: "Convert again with other settings" })).toHaveLength(offers);
      unmount();
    }
  });
  it("say when the text cannot be loaded", async () => {
    const job = done();
    show(job, [], { [`GET /api/v1/jobs/${job.id}/transcript`]: { status: 500, body: {} } });
    expect(await screen.findByText(/The text could not be loaded/)).toBeTruthy();
  });
  it("keep the text of a cancelled job and say that it is a part", async () => {
    show(newJob({ state: "cancelled" }));
    expect(await screen.findByText("This is the text made so far.")).toBeTruthy();
  });
});

describe("editing", () => {
  const accepting = (job: Job): Record<string, Answer | (() => Answer)> => {
    let version = 0;
    return { [`PATCH /api/v1/jobs/${job.id}/transcript`]: () => ({ body: { version: ++version, segments: [], removed: [] } }) };
  };
  const row = (text: string) => screen.getByText(text).closest("[data-segment]") as HTMLElement;

  it("opens a line by its button, takes what is typed with Enter, saves it and undoes it", async () => {
    const job = done();
    const { calls } = show(job, kSegments, accepting(job));
    await screen.findByText("The river is old.");
    await userEvent.click(within(row("The river is old.")).getByRole("button", { name: "Edit this line" }));
    await userEvent.keyboard(" Indeed.{Enter}");
    expect(await screen.findByText("The river is old. Indeed.")).toBeTruthy();
    await waitFor(() => expect(calls.some(({ key }) => key.startsWith("PATCH") && key.endsWith("/transcript"))).toBe(true));
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("The river is old.")).toBeTruthy();
  });
  it("leaves the line as it was with Escape", async () => {
    const job = done();
    show(job, kSegments, accepting(job));
    await screen.findByText("The river is old.");
    await userEvent.dblClick(screen.getByText("The river is old."));
    await userEvent.keyboard(" Oops.{Escape}");
    expect(await screen.findByText("The river is old.")).toBeTruthy();
  });
  it("splits at the cursor and joins again with Backspace", async () => {
    const job = done();
    show(job, kSegments, accepting(job));
    await screen.findByText("The river is old.");
    await userEvent.dblClick(screen.getByText("The river is old."));
    const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text of this line" });
    field.setSelectionRange(9, 9);
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("The river")).toBeTruthy();
    expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text of this line" }).value).toBe("is old.");
    await userEvent.keyboard("{Backspace}");
    expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text of this line" }).value).toBe("The river is old.");
  });
  it("does not take Enter from an input method", async () => {
    const job = done();
    show(job, kSegments, accepting(job));
    await screen.findByText("The river is old.");
    await userEvent.dblClick(screen.getByText("The river is old."));
    const field = screen.getByRole("textbox", { name: "Text of this line" });
    fireEvent.keyDown(field, { key: "Enter", isComposing: true });
    expect(screen.getByRole("textbox", { name: "Text of this line" })).toBe(field);
  });
  it("goes through doubtful words by keys", async () => {
    const doubtful = kSegments.map((segment) => ({ ...segment, words: segment.words.map((word, n) => (n === 1 ? { ...word, probability: 0.2 } : word)) }));
    const job = done();
    const { calls } = show(job, doubtful, accepting(job));
    await screen.findByText(/2 words were hard to hear/);
    await userEvent.keyboard("n");
    expect(await screen.findByText("1 of 2")).toBeTruthy();
    await userEvent.keyboard("a");
    expect(await screen.findByText("1 of 1")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Heard as"), "{Control>}a{/Control}dug{Enter}");
    expect(await screen.findByText("No doubtful words are left.")).toBeTruthy();
    await waitFor(() => expect(calls.filter(({ key }) => key.startsWith("PATCH")).length).toBeGreaterThan(0));
  });
  it("marks speech that nobody understood, to be written by hand", async () => {
    const job = done();
    const unclear = { ...(kSegments[1] as Segment), text: "", words: [], kind: "unintelligible" as const };
    show(job, [kSegments[0] as Segment, unclear], accepting(job));
    await screen.findByText("Unclear speech");
    await userEvent.click(screen.getByRole("button", { name: "Type it" }));
    await userEvent.keyboard("Now clear.{Enter}");
    expect(await screen.findByText("Now clear.")).toBeTruthy();
  });
  it("says in the details how much of the speech became text", async () => {
    show(done({ coverage: { speech_ms: 60_000, covered_ms: 57_600, unintelligible_ms: 0 } }));
    const name = (await screen.findAllByText("Speech that became text"))[0];
    expect(name?.nextElementSibling?.textContent?.replace(/\s/g, " ")).toBe("96% of 1 min");
  });
});

describe("keys", () => {
  it("skip and search, except where somebody types", async () => {
    show(done());
    await screen.findByText("The river is old.");
    const video = document.querySelector("video") as HTMLVideoElement;
    await userEvent.keyboard("l");
    expect(video.currentTime).toBe(5);
    await userEvent.keyboard("/");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("searchbox")));
    await userEvent.keyboard("l");
    expect(video.currentTime).toBe(5);
  });
  it("can be switched off", async () => {
    show(done());
    await screen.findByText("The river is old.");
    await userEvent.keyboard("?");
    await userEvent.click(screen.getByRole("checkbox", { name: "Shortcuts of a single key are on" }));
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard("l");
    expect(document.querySelector("video")?.currentTime).toBe(0);
  });
});
