// All uploads of this page: two at a time, each with its job made as soon as the server knows the upload.
import type { QueryClient } from "@tanstack/react-query";
import { Store } from "../lib/store";
import { onRestored } from "./connection";
import { ApiError, asApiError } from "./errors";
import { createJob } from "./jobs";
import { client, unwrap } from "./client";
import { rememberSentSound } from "./sent-sound";
import { isSoundOnlyWanted } from "./settings";
import type { StartTransfer, Transfer } from "./transfer";
import { takeSoundOf, type TakeSound } from "./sound";
import type { Job, NewJobSettings } from "./types";
import { findUnfinished, forgetUnfinished, rememberUnfinished } from "./unfinished";
import { advance, isOver, newUpload, type UploadEvent, type UploadItem } from "./upload-machine";

const kAtOnce = 2;

export interface UploadBackend {
  startTransfer: StartTransfer;
  takeSound: TakeSound;
  createJob: (uploadId: string, settings: NewJobSettings) => Promise<{ id: string }>;
  findJob: (id: string) => Promise<Job>;
}

export class Uploads {
  readonly store = new Store<readonly UploadItem[]>([]);
  private readonly transfers = new Map<string, Transfer>();
  private readonly sounds = new Map<string, AbortController>(); // being taken out of videos
  private readonly bodies = new Map<string, Blob>(); // what is sent, once it is known
  private readonly files = new Map<string, File>(); // by job: the user's own copy, for the player
  private nextKey = 1;

  constructor(private readonly backend: UploadBackend) {
    onRestored(() => this.hurry());
  }

  // Returns the keys of the new items.
  add(files: readonly File[], settings: NewJobSettings): string[] {
    const items = files.map((file) => newUpload(`upload-${this.nextKey++}`, file, settings));
    this.enqueue(items);
    return items.map((item) => item.key);
  }

  // Goes on with an upload that the user named: false when the file is not the one that was being sent, whole or as its
  // sound.
  async resume(file: File, target: { jobId: string; uploadId: string; sizeBytes: number; settings: NewJobSettings }): Promise<boolean> {
    const ignore = { signal: new AbortController().signal, onProgress: () => undefined };
    const body = file.size === target.sizeBytes ? file : await this.backend.takeSound(file, ignore);
    if (body?.size !== target.sizeBytes) return false;
    const item = newUpload(`upload-${this.nextKey++}`, file, target.settings);
    this.bodies.set(item.key, body);
    const { jobId, uploadId, sizeBytes } = target;
    const isSoundOnly = body !== file;
    if (isSoundOnly) rememberSentSound(jobId, { soundBytes: sizeBytes, fileBytes: file.size });
    this.enqueue([{ ...item, jobId, uploadId, sizeBytes, isSoundOnly }]);
    return true;
  }

  retry(key: string): void {
    this.apply(key, { type: "retried" });
    this.startNext();
  }

  // Stops sending and forgets the item; what becomes of the job is the caller's affair.
  remove(key: string): void {
    this.transfers.get(key)?.stop();
    this.transfers.delete(key);
    this.sounds.get(key)?.abort();
    this.bodies.delete(key);
    const item = this.find(key);
    if (item) forgetUnfinished(item.file);
    this.store.update((all) => all.filter((other) => other.key !== key));
    this.startNext();
  }

  ofJob(jobId: string): UploadItem | undefined {
    return this.store.get().find((item) => item.jobId === jobId);
  }

  localFile(jobId: string): File | undefined {
    return this.files.get(jobId);
  }

  keepLocalFile(jobId: string, file: File): void {
    this.files.set(jobId, file);
  }

  private enqueue(items: readonly UploadItem[]): void {
    this.store.update((all) => [...all, ...items]);
    this.startNext();
  }

  private find(key: string): UploadItem | undefined {
    return this.store.get().find((item) => item.key === key);
  }

  private apply(key: string, event: UploadEvent): void {
    this.store.update((all) => all.map((item) => (item.key === key ? advance(item, event) : item)));
  }

  private hurry(): void {
    for (const item of this.store.get()) if (item.phase === "reconnecting") this.transfers.get(item.key)?.hurry();
  }

  private startNext(): void {
    const all = this.store.get();
    const busy = all.filter((item) => !isOver(item) && item.phase !== "waiting").length;
    const waiting = all.filter((item) => item.phase === "waiting");
    for (const item of waiting.slice(0, Math.max(0, kAtOnce - busy))) void this.run(item);
  }

  private async run(item: UploadItem): Promise<void> {
    this.apply(item.key, { type: "started" });
    try {
      if (item.file.size === 0) throw new ApiError("empty_file");
      const body = await this.bodyOf(item.key);
      if (!body) return;
      await this.findEarlier(item, body);
      await this.transfer(item, body);
    } catch (error) {
      this.fail(item.key, asApiError(error));
    }
  }

  // The same file, whose upload an earlier page began and whose job still waits for it.
  private async findEarlier(item: UploadItem, body: Blob): Promise<void> {
    const earlier = findUnfinished(item.file);
    if (item.jobId || !earlier) return;
    try {
      const job = await this.backend.findJob(earlier.jobId);
      if (job.state !== "uploading" || job.upload?.size_bytes !== body.size) return;
      this.apply(item.key, { type: "uploadKnown", uploadId: earlier.uploadId });
      this.jobKnown(item, job.id);
    } catch (error) {
      if (asApiError(error).code !== "not_found") throw error;
      forgetUnfinished(item.file);
    }
  }

  // What is to be sent: the sound of a video where that is less, else the file. Null when the item was removed meanwhile.
  private async bodyOf(key: string): Promise<Blob | null> {
    const item = this.find(key);
    if (!item) return null;
    const known = this.bodies.get(key);
    if (known) return known;
    const body = await this.makeBody(item);
    if (!this.find(key)) return null;
    this.bodies.set(key, body);
    if (body !== item.file) this.apply(key, { type: "soundTaken", sizeBytes: body.size });
    return body;
  }

  private async makeBody({ key, file }: UploadItem): Promise<Blob> {
    if (!isSoundOnlyWanted()) return file;
    const stop = new AbortController();
    this.sounds.set(key, stop);
    const report = (fraction: number) => this.apply(key, { type: "takingSound", fraction });
    const sound = await this.backend.takeSound(file, { signal: stop.signal, onProgress: report });
    this.sounds.delete(key);
    return sound ?? file;
  }

  private async transfer(item: UploadItem, body: Blob): Promise<void> {
    const key = item.key;
    const settle = (event: UploadEvent) => {
      this.transfers.delete(key);
      this.apply(key, event);
      this.startNext();
    };
    const transfer = await this.backend.startTransfer({
      file: item.file,
      body,
      uploadId: this.find(key)?.uploadId ?? null,
      onUploadKnown: (uploadId) => void this.uploadKnown(key, uploadId),
      onProgress: (sentBytes) => this.apply(key, { type: "progress", atMs: performance.now(), sentBytes }),
      onLost: () => this.apply(key, { type: "lost" }),
      onFinished: () => {
        forgetUnfinished(item.file);
        settle({ type: "finished" });
      },
      onFailed: (error) => settle({ type: "failed", error }),
    });
    if (this.find(key)) this.transfers.set(key, transfer);
    else transfer.stop(); // removed while it was being prepared
  }

  private async uploadKnown(key: string, uploadId: string): Promise<void> {
    const item = this.find(key);
    if (!item || (item.jobId && item.uploadId === uploadId)) return;
    this.apply(key, { type: "uploadKnown", uploadId });
    try {
      const job = await this.backend.createJob(uploadId, item.settings);
      this.jobKnown(item, job.id);
      rememberUnfinished(item.file, uploadId, job.id);
    } catch (error) {
      this.fail(key, asApiError(error));
    }
  }

  private jobKnown(item: UploadItem, jobId: string): void {
    this.files.set(jobId, item.file);
    this.apply(item.key, { type: "jobCreated", jobId });
    const sent = this.find(item.key);
    if (sent?.isSoundOnly) rememberSentSound(jobId, { soundBytes: sent.sizeBytes, fileBytes: sent.file.size });
  }

  private fail(key: string, error: ApiError): void {
    this.transfers.get(key)?.stop();
    this.transfers.delete(key);
    this.apply(key, { type: "failed", error });
    this.startNext();
  }
}

export function makeUploads(queryClient: QueryClient): Uploads {
  return new Uploads({
    startTransfer: async (options) => (await import("./transfer")).startTransfer(options),
    takeSound: takeSoundOf,
    createJob: (uploadId, settings) => createJob(queryClient, uploadId, settings),
    findJob: (id) => unwrap(client.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
  });
}
