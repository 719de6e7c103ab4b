// Events folded into what the page knows of a job and its text.
import { describe, expect, it } from "vitest";
import { newJob, segmentsOfWindow } from "../testing/mock-data";
import { conversionSecondsLeft } from "./job-view";
import { applyToJob, applyToTranscript, fold, nothingPending } from "./live-job";
import type { Transcript } from "./types";

const message = (event: string, data: unknown, id = "1") => ({ event, data: JSON.stringify(data), id });

function transcriptOf(windows: number[]): Transcript {
  const segments = windows.flatMap((window) => segmentsOfWindow(window, "en"));
  const nothing = { name: "a", model: "base", language: null, task: "transcribe", duration_ms: null, is_complete: false } as const;
  return { job: "a", version: 0, ...nothing, segments, warnings: [] };
}

function folded(...messages: ReturnType<typeof message>[]) {
  const pending = nothingPending();
  for (const each of messages) fold(pending, each);
  return pending;
}

const windowEvent = (window: number) =>
  message("segments", { window, segments: segmentsOfWindow(window, "en"), audio_done_ms: (window + 1) * 30_000, duration_ms: 90_000, speed: 12 });

describe("events", () => {
  it("add windows to the text, those that are there already once only", () => {
    const text = applyToTranscript(transcriptOf([0]), folded(windowEvent(0), windowEvent(1), windowEvent(1)));
    expect(text.segments.map(({ window }) => window)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });
  it("leave the text object alone when nothing is new", () => {
    const before = transcriptOf([0, 1]);
    expect(applyToTranscript(before, folded(windowEvent(1)))).toBe(before);
  });
  it("move progress forward, never back", () => {
    const job = newJob({ state: "running", audio_done_ms: 60_000, windows_done: 2, duration_ms: 90_000 });
    expect(applyToJob(job, folded(windowEvent(0)).job)).toMatchObject({ audio_done_ms: 60_000, windows_done: 2, speed: 12 });
    expect(applyToJob(job, folded(windowEvent(2)).job)).toMatchObject({ audio_done_ms: 90_000, windows_done: 3 });
  });
  it("bring the time left with every window, whatever was estimated before the first", () => {
    const job = newJob({ state: "running", eta_ms: 600_000, duration_ms: 90_000 });
    expect(conversionSecondsLeft(job)).toBe(600);
    expect(conversionSecondsLeft(applyToJob(job, folded(windowEvent(0)).job))).toBe(5);
    expect(conversionSecondsLeft(applyToJob(job, folded(windowEvent(1)).job))).toBe(2.5);
  });
  it("keep the name that the user gave meanwhile", () => {
    const job = newJob({ name: "Renamed", state: "queued" });
    const pending = folded(message("state", newJob({ name: "old.mp4", state: "running", language: "ru" })));
    expect(applyToJob(job, pending.job)).toMatchObject({ name: "Renamed", state: "running", language: "ru" });
  });
  it("tell when nothing more will come", () => {
    expect(folded(message("state", newJob({ state: "done" }))).isFinal).toBe(true);
    expect(folded(message("state", newJob({ state: "running" }))).isFinal).toBe(false);
    expect(folded(message("deleted", { id: "a" })).isDeleted).toBe(true);
  });
  it("show what the job is busy with, and that it no longer is", () => {
    const activity = { phase: "downloading_model", bytes_done: 5, bytes_total: 10 };
    expect(folded(message("activity", activity)).job.activity).toEqual(activity);
    expect(folded(message("activity", activity), message("activity", null)).job.activity).toBeNull();
  });
});
