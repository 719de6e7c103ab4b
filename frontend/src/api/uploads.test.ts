// Uploads: their life as a state machine, the queue, jobs made before the bytes are there, going on after a reload.
import { afterEach, describe, expect, it, vi } from "vitest";
import { newJob } from "../testing/mock-data";
import { ApiError } from "./errors";
import { fractionOf, stageOf } from "./job-view";
import { rememberSentSound, sentSoundOf } from "./sent-sound";
import { chooseSoundOnly } from "./settings";
import type { TakeSound } from "./sound";
import { isReadable, mendsItself, retryDelays, shortName, startTransfer, type TransferOptions } from "./transfer";
import { findUnfinished, forgetUnfinished, rememberUnfinished } from "./unfinished";
import { advance, newUpload, uploadSecondsLeft, type UploadEvent } from "./upload-machine";
import { Uploads } from "./uploads";

const file = (name: string, size = 100) => new File([new Uint8Array(size)], name, { lastModified: 5 });

function after(...events: UploadEvent[]) {
  return events.reduce(advance, newUpload("k", file("a.mp4", 1000), {}));
}

describe("the life of an upload", () => {
  it("goes from waiting to done", () => {
    expect(after().phase).toBe("waiting");
    expect(after({ type: "started" }).phase).toBe("starting");
    expect(after({ type: "started" }, { type: "progress", atMs: 0, sentBytes: 10 }).phase).toBe("sending");
    expect(after({ type: "started" }, { type: "finished" })).toMatchObject({ phase: "done", sentBytes: 1000 });
  });
  it("says when the connection is lost and goes on after it", () => {
    const lost = after({ type: "progress", atMs: 0, sentBytes: 10 }, { type: "lost" });
    expect(lost).toMatchObject({ phase: "reconnecting", sentBytes: 10 });
    expect(advance(lost, { type: "progress", atMs: 1, sentBytes: 20 })).toMatchObject({ phase: "sending", isResumed: true });
  });
  it("knows that it was resumed when the first report is not zero", () => {
    expect(after({ type: "progress", atMs: 0, sentBytes: 500 }).isResumed).toBe(true);
    expect(after({ type: "progress", atMs: 0, sentBytes: 0 }).isResumed).toBe(false);
  });
  it("estimates the time left from what was really sent", () => {
    const events: UploadEvent[] = [0, 1000, 2000].map((atMs) => ({ type: "progress", atMs, sentBytes: atMs / 10 }));
    expect(uploadSecondsLeft(after(...events))).toBeCloseTo(8);
  });
  it("takes the job of a small file that was sent before its job was made", () => {
    expect(after({ type: "finished" }, { type: "jobCreated", jobId: "j" })).toMatchObject({ phase: "done", jobId: "j" });
    expect(after({ type: "finished" }, { type: "failed", error: new ApiError("internal") }).phase).toBe("failed");
  });
  it("ignores what comes after its end, except a new try", () => {
    const failed = after({ type: "failed", error: new ApiError("too_large") });
    expect(advance(failed, { type: "progress", atMs: 0, sentBytes: 1 })).toBe(failed);
    expect(advance(failed, { type: "retried" })).toMatchObject({ phase: "waiting", error: null });
  });
});

describe("unfinished uploads", () => {
  it("are found by the same file only, for a week", () => {
    rememberUnfinished(file("a.mp4"), "u", "j", 1000);
    expect(findUnfinished(file("a.mp4"), 2000)).toMatchObject({ uploadId: "u", jobId: "j" });
    expect(findUnfinished(file("a.mp4", 99), 2000)).toBeNull();
    expect(findUnfinished(file("a.mp4"), 8 * 24 * 3600 * 1000)).toBeNull();
    forgetUnfinished(file("a.mp4"), 2000);
    expect(findUnfinished(file("a.mp4"), 2000)).toBeNull();
  });
  it("survive nonsense in the storage", () => {
    window.localStorage.setItem("v2t.uploads", '{"x": null, "y": 5}');
    expect(findUnfinished(file("a.mp4"))).toBeNull();
    window.localStorage.setItem("v2t.uploads", "{");
    expect(findUnfinished(file("a.mp4"))).toBeNull();
  });
});

// A backend whose transfers wait for the test.
function stage(findJob = (id: string) => Promise.resolve(newJob({ id, state: "uploading", upload: { id: "u9", received_bytes: 0, size_bytes: 100 } }))) {
  const transfers: TransferOptions[] = [];
  const stop = vi.fn();
  const hurry = vi.fn();
  const createJob = vi.fn((uploadId: string) => Promise.resolve({ id: `job-of-${uploadId}` }));
  const startTransfer = vi.fn((options: TransferOptions) => {
    transfers.push(options);
    return Promise.resolve({ stop, hurry });
  });
  const takeSound = vi.fn<TakeSound>(() => Promise.resolve(null));
  return { uploads: new Uploads({ startTransfer, takeSound, createJob, findJob }), transfers, stop, createJob, takeSound };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("the sound of a video", () => {
  afterEach(() => chooseSoundOnly(true));
  it("is sent instead of the video, under its name", async () => {
    const { uploads, transfers, takeSound } = stage();
    takeSound.mockResolvedValue(new Blob(["sound"]));
    const [key] = uploads.add([file("film.mp4", 100)], {});
    await settle();
    expect(transfers[0]?.file.name).toBe("film.mp4");
    expect(transfers[0]?.body.size).toBe(5);
    expect(uploads.store.get().find((item) => item.key === key)).toMatchObject({ isSoundOnly: true, sizeBytes: 5 });
  });
  it("is remembered as a fact of the job, and of those made again from it", async () => {
    const { uploads, transfers, takeSound } = stage();
    takeSound.mockResolvedValue(new Blob(["sound"]));
    uploads.add([file("film.mp4", 100)], {});
    await settle();
    transfers[0]?.onUploadKnown("u1");
    await settle();
    const sent = { soundBytes: 5, fileBytes: 100 };
    expect(sentSoundOf({ id: "job-of-u1", source: null })).toEqual(sent);
    expect(sentSoundOf({ id: "again", source: "job-of-u1" })).toEqual(sent);
    expect(sentSoundOf({ id: "other", source: null })).toBeNull();
  });
  it("is remembered of the newest 300 jobs, whatever else stands in the storage", () => {
    window.localStorage.setItem("v2t.sentSound", '[5, null, ["x", null], ["y", {"soundBytes": 1}]]');
    for (let n = 0; n <= 300; ++n) rememberSentSound(`job${n}`, { soundBytes: n, fileBytes: 1000 });
    expect(sentSoundOf({ id: "job0", source: null })).toBeNull();
    expect(sentSoundOf({ id: "job1", source: null })).toEqual({ soundBytes: 1, fileBytes: 1000 });
    expect(sentSoundOf({ id: "y", source: null })).toBeNull();
  });
  it("shows how far the taking is, and stops with the upload", async () => {
    const { uploads, transfers, takeSound } = stage();
    let signal: AbortSignal | undefined;
    takeSound.mockImplementation((_, options) => {
      signal = options.signal;
      options.onProgress(0.5);
      return new Promise(() => undefined);
    });
    const [key] = uploads.add([file("film.mp4", 100)], {});
    await settle();
    expect(uploads.store.get()[0]).toMatchObject({ phase: "takingSound", soundFraction: 0.5 });
    uploads.remove(key ?? "");
    expect(signal?.aborted).toBe(true);
    expect(transfers).toHaveLength(0);
  });
  it("is not taken when the user wants the whole video to be sent", async () => {
    chooseSoundOnly(false);
    const { uploads, transfers, takeSound } = stage();
    uploads.add([file("film.mp4", 100)], {});
    await settle();
    expect(takeSound).not.toHaveBeenCalled();
    expect(transfers[0]?.body.size).toBe(100);
  });
});

describe("the queue", () => {
  it("sends two at a time, the first chosen first", async () => {
    const { uploads, transfers } = stage();
    uploads.add([file("1"), file("2"), file("3")], {});
    await settle();
    expect(transfers.map((options) => options.file.name)).toEqual(["1", "2"]);
    transfers[0]?.onFinished();
    await settle();
    expect(transfers).toHaveLength(3);
  });
  it("makes the job as soon as the upload is known, with its settings", async () => {
    const { uploads, transfers, createJob } = stage();
    uploads.add([file("a.mp4")], { language: "ru" });
    await settle();
    transfers[0]?.onUploadKnown("u1");
    await settle();
    expect(createJob).toHaveBeenCalledWith("u1", { language: "ru" });
    expect(uploads.ofJob("job-of-u1")?.phase).toBe("starting");
    expect(uploads.localFile("job-of-u1")?.name).toBe("a.mp4");
    expect(findUnfinished(file("a.mp4"))?.jobId).toBe("job-of-u1");
  });
  it("goes on with the upload of a page that was closed", async () => {
    rememberUnfinished(file("a.mp4"), "u9", "j9");
    const { uploads, transfers, createJob } = stage();
    uploads.add([file("a.mp4")], {});
    await settle();
    expect(transfers[0]?.uploadId).toBe("u9");
    transfers[0]?.onUploadKnown("u9");
    await settle();
    expect(createJob).not.toHaveBeenCalled();
    expect(uploads.ofJob("j9")).toBeDefined();
  });
  it("begins anew when that job is gone or no longer waits", async () => {
    rememberUnfinished(file("a.mp4"), "u9", "j9");
    const gone = stage(() => Promise.reject(new ApiError("not_found", "", 404)));
    gone.uploads.add([file("a.mp4")], {});
    await settle();
    expect(gone.transfers[0]?.uploadId).toBeNull();
    expect(findUnfinished(file("a.mp4"))).toBeNull();
  });
  it("goes on with the job that the user points at", async () => {
    const { uploads, transfers } = stage();
    const isSame = await uploads.resume(file("a.mp4", 10), { jobId: "j7", uploadId: "u7", sizeBytes: 10, settings: {} });
    await settle();
    expect(isSame).toBe(true);
    expect(transfers[0]?.uploadId).toBe("u7");
  });
  it("goes on with the sound of the video whose sound was being sent", async () => {
    const { uploads, transfers, takeSound } = stage();
    takeSound.mockResolvedValue(new Blob(["sound"]));
    const isSame = await uploads.resume(file("a.mp4", 10), { jobId: "j7", uploadId: "u7", sizeBytes: 5, settings: {} });
    await settle();
    expect(isSame).toBe(true);
    expect(transfers[0]?.body.size).toBe(5);
  });
  it("does not go on with another file", async () => {
    const { uploads, transfers } = stage();
    expect(await uploads.resume(file("b.mp4", 11), { jobId: "j7", uploadId: "u7", sizeBytes: 10, settings: {} })).toBe(false);
    expect(transfers).toHaveLength(0);
  });
  it("refuses an empty file without troubling the server", async () => {
    const { uploads, transfers } = stage();
    uploads.add([file("empty.mp4", 0)], {});
    await settle();
    expect(transfers).toHaveLength(0);
    expect(uploads.store.get()[0]?.error?.code).toBe("empty_file");
  });
  it("stops sending when the job cannot be made", async () => {
    const { uploads, transfers, stop, createJob } = stage();
    createJob.mockRejectedValue(new ApiError("invalid_argument", "bad model", 400));
    uploads.add([file("a.mp4")], {});
    await settle();
    transfers[0]?.onUploadKnown("u1");
    await settle();
    expect(stop).toHaveBeenCalled();
    expect(uploads.store.get()[0]?.error?.code).toBe("invalid_argument");
  });
  it("forgets what is removed, and its place goes to the next", async () => {
    const { uploads, transfers, stop } = stage();
    const [first] = uploads.add([file("1"), file("2"), file("3")], {});
    await settle();
    uploads.remove(first ?? "");
    await settle();
    expect(stop).toHaveBeenCalledTimes(1);
    expect(transfers).toHaveLength(3);
    expect(uploads.store.get()).toHaveLength(2);
  });
});

describe("the transfer", () => {
  it("keeps trying for hours, at most half a minute apart", () => {
    const delays = retryDelays();
    expect(Math.max(...delays)).toBe(30_000);
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeGreaterThan(12 * 3600 * 1000);
  });
  it("tells troubles that pass from refusals", () => {
    expect([0, 409, 429, 500, 503].every(mendsItself)).toBe(true);
    expect([400, 401, 404, 413, 507].some(mendsItself)).toBe(false);
  });
  it("keeps names within 255 bytes, with their ending", () => {
    expect(shortName("лекция.mp4")).toBe("лекция.mp4");
    const long = shortName(`${"ж".repeat(300)}.mp4`);
    expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(255);
    expect(long.endsWith(".mp4")).toBe(true);
  });
  it("finds out whether a file can be read", async () => {
    expect(await isReadable(file("a"))).toBe(true);
    const folder = { slice: () => ({ arrayBuffer: () => Promise.reject(new Error("not a file")) }) } as unknown as File;
    expect(await isReadable(folder)).toBe(false);
    const options = { file: folder, body: folder } as unknown as TransferOptions;
    await expect(startTransfer(options)).rejects.toMatchObject({ code: "unreadable_file" });
  });
});

describe("the view of a job", () => {
  const uploading = newJob({ state: "uploading", upload: { id: "u", received_bytes: 10, size_bytes: 1000 } });
  it("is interrupted when nobody sends its bytes", () => {
    expect(stageOf(uploading, undefined, false)).toBe("interrupted");
    expect(stageOf(uploading, undefined, true)).toBe("uploading");
    expect(stageOf(uploading, after({ type: "lost" }), false)).toBe("reconnecting");
  });
  it("counts what this page has sent, or what the server has if that is more", () => {
    expect(fractionOf(uploading, after({ type: "progress", atMs: 0, sentBytes: 500 }))).toBe(0.5);
    expect(fractionOf(uploading, undefined)).toBe(0.01);
  });
  it("counts the bytes of a model while it is downloaded", () => {
    const activity = { phase: "downloading_model", bytes_done: 3, bytes_total: 12 } as const;
    expect(fractionOf(newJob({ state: "running", activity }), undefined)).toBe(0.25);
    expect(fractionOf(newJob({ state: "running", activity: { phase: "loading_model" } }), undefined)).toBeNull();
  });
});
