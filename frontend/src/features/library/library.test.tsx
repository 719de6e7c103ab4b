// The user's files: loading, failed, empty and full; and what can be done with each.
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { connectionStore } from "../../api/connection";
import { undoableStore, undoDeletion } from "../../api/deletions";
import { forgetSession } from "../../api/session";
import { fakeFetch, kServer, kSession, type Answer } from "../../testing/fake-fetch";
import { newJob } from "../../testing/mock-data";
import { renderPage } from "../../testing/render";
import { Library } from "./library";

beforeEach(() => {
  forgetSession();
  connectionStore.set("offline");
});

const listOf = (...jobs: ReturnType<typeof newJob>[]): Answer => ({ body: { jobs, total: jobs.length } });

function show(list: Answer, more: Record<string, Answer> = {}, locale: "en" | "ru" = "en") {
  const calls = fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": list, ...more });
  return { calls, ...renderPage(<Library />, { locale }) };
}

describe("the library", () => {
  it("says that it loads", () => {
    show(listOf());
    expect(screen.getByText("Loading your files…")).toBeTruthy();
  });
  it("draws nothing when there is nothing", async () => {
    const { container } = show(listOf());
    await waitFor(() => expect(container.textContent).toBe(""));
  });
  it("offers to look for some of many, and says when none fits", async () => {
    const many = Array.from({ length: 6 }, (_, index) => newJob({ id: `job${index}`, name: `file ${index}.mp4`, state: "done" }));
    let list = listOf(...many);
    fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": () => list });
    renderPage(<Library />);
    const input = await screen.findByRole("searchbox", { name: "Part of the name" });
    list = listOf();
    await userEvent.type(input, "x");
    expect(await screen.findByText("No file matches.")).toBeTruthy();
  });
  it("says what the files take and that a server without a disk of its own forgets them", async () => {
    const storage = { media_bytes: 3_000_000, text_bytes: 1_000_000, jobs: 1, quota_bytes: null, disk_free_bytes: 5_000_000_000 };
    const server = { body: { ...(kServer as { body: object }).body, is_ephemeral: true } };
    show(listOf(newJob({ name: "one.mp4", state: "done" })), { "GET /api/v1/storage": { body: storage }, "GET /api/v1/server": server });
    expect(await screen.findByText(/Your files take 4 MB/)).toBeTruthy();
    expect(await screen.findByText(/forgets everything/)).toBeTruthy();
  });
  it("says how long a file is kept, and that its text was edited", async () => {
    const job = newJob({ name: "one.mp4", state: "done", version: 2, media_expires_at: "2026-11-27T10:00:00.000Z" });
    show(listOf(job));
    expect(await screen.findByText("edited")).toBeTruthy();
    expect(screen.getByText(/media kept until/)).toBeTruthy();
  });
  it("says in words why it failed, with a way out", async () => {
    show({ status: 507, body: { error: { code: "disk_full", message: "no space left on /data", param: null } } });
    expect(await screen.findByText(/no space left\./)).toBeTruthy();
    expect(screen.getByText("no space left on /data")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  });
  it("shows each file with its state, a failure with its reason", async () => {
    const error = { code: "no_audio_track" as const, message: "a.mov has no audio track" };
    show(listOf(newJob({ name: "one.mp4", state: "done", language: "ru", duration_ms: 61_000 }), newJob({ name: "a.mov", state: "failed", error })), {}, "ru");
    const [first, second] = await screen.findAllByRole("listitem");
    expect(first?.textContent).toContain("Готово1:01Русский");
    expect(second?.textContent).toContain("В этом видео нет звука.");
    expect(screen.getByText("2 файла")).toBeTruthy();
  });
  it("shows how far a running one is and how long it will take", async () => {
    show(listOf(newJob({ state: "running", duration_ms: 600_000, audio_done_ms: 150_000, windows_done: 5, speed: 10, activity: { phase: "transcribing" } })));
    const row = await screen.findByRole("listitem");
    expect(row.textContent).toContain("25%2:30 of 10:0010× real timeabout 45 sec left");
  });
  it("shows the download of a model", async () => {
    const activity = { phase: "downloading_model", bytes_done: 50e6, bytes_total: 148e6 } as const;
    show(listOf(newJob({ state: "running", activity })));
    expect(await screen.findByText("Downloading the model, once: 50 MB of 148 MB")).toBeTruthy();
  });
  it("offers to go on with an upload that was cut off, by the same file only", async () => {
    const job = newJob({ name: "a.mp4", state: "uploading", upload: { id: "u", received_bytes: 5, size_bytes: 10 } });
    const { uploads } = show(listOf(job));
    expect(await screen.findByText("Upload interrupted")).toBeTruthy();
    const input = document.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
    await userEvent.upload(input, new File(["123"], "other.mp4", { type: "video/mp4" }));
    expect(await screen.findByText(/That is another file/)).toBeTruthy();
    await userEvent.upload(input, new File(["1234567890"], "a.mp4", { type: "video/mp4" }));
    expect(uploads.ofJob(job.id)?.uploadId).toBe("u");
  });
  it("renames in place", async () => {
    const job = newJob({ name: "old.mp4", state: "done" });
    const { calls } = show(listOf(job), { [`PATCH /api/v1/jobs/${job.id}`]: { body: { ...job, name: "new.mp4" } } });
    await userEvent.click(await screen.findByRole("button", { name: "Rename" }));
    const input = screen.getByRole("textbox", { name: "Name" });
    await userEvent.clear(input);
    await userEvent.type(input, "new.mp4{Enter}");
    expect(await screen.findByRole("link", { name: "new.mp4" })).toBeTruthy();
    expect(calls.find(({ key }) => key.startsWith("PATCH"))?.body).toBe('{"name":"new.mp4"}');
  });
  it("cancels what runs", async () => {
    const job = newJob({ state: "queued", queue_position: 2 });
    const { calls } = show(listOf(job), { [`POST /api/v1/jobs/${job.id}/cancel`]: { body: { ...job, state: "cancelled" } } });
    expect(await screen.findByText("2 files before this one")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByText("Cancelled")).toBeTruthy();
    expect(calls.some(({ key }) => key.endsWith("/cancel"))).toBe(true);
  });
  it("hides what is deleted, and brings it back", async () => {
    const job = newJob({ name: "gone.mp4", state: "done" });
    show(listOf(job, newJob({ name: "stays.mp4", state: "done" })));
    await screen.findByText("gone.mp4");
    await userEvent.click(within(screen.getByRole("group", { name: /gone/ })).getByRole("button", { name: "Delete" }));
    expect(screen.queryByText("gone.mp4")).toBeNull();
    expect(undoableStore.get().map(({ name }) => name)).toEqual(["gone.mp4"]);
    act(() => undoDeletion(job.id));
    expect(screen.getByText("gone.mp4")).toBeTruthy();
  });
  it("tries a failed one again with the same settings, in its place", async () => {
    const job = newJob({ name: "a.mp4", state: "failed", error: { code: "timeout", message: "" } });
    const next = { ...newJob({ name: "a.mp4", state: "queued" }) };
    const { calls } = show(listOf(job), { "POST /api/v1/jobs": { status: 201, body: next }, [`DELETE /api/v1/jobs/${job.id}`]: { status: 204 } });
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(calls.some(({ key }) => key === `DELETE /api/v1/jobs/${job.id}`)).toBe(true));
    expect(JSON.parse(calls.find(({ key }) => key === "POST /api/v1/jobs")?.body ?? "")).toEqual({ upload: job.upload?.id, settings: job.settings });
  });
});
