// The life of one upload as pure data: what happened goes in, what the page shows comes out.
import { observe, secondsLeft, startRate, type Rate } from "../lib/rate";
import type { ApiError } from "./errors";
import type { NewJobSettings } from "./types";

export type UploadPhase = "waiting" | "starting" | "takingSound" | "sending" | "reconnecting" | "done" | "failed";

export interface UploadItem {
  key: string;
  file: File;
  settings: NewJobSettings;
  phase: UploadPhase;
  sizeBytes: number; // of what is sent: the file, or its sound alone
  isSoundOnly: boolean;
  soundFraction: number; // taken out of the video so far
  sentBytes: number;
  rate: Rate | null;
  isResumed: boolean;
  uploadId: string | null;
  jobId: string | null;
  error: ApiError | null;
}

export type UploadEvent =
  | { type: "started" }
  | { type: "takingSound"; fraction: number }
  | { type: "soundTaken"; sizeBytes: number }
  | { type: "uploadKnown"; uploadId: string }
  | { type: "jobCreated"; jobId: string }
  | { type: "progress"; atMs: number; sentBytes: number }
  | { type: "lost" }
  | { type: "finished" }
  | { type: "failed"; error: ApiError }
  | { type: "retried" };

export function newUpload(key: string, file: File, settings: NewJobSettings): UploadItem {
  return {
    key,
    file,
    settings,
    phase: "waiting",
    sizeBytes: file.size,
    isSoundOnly: false,
    soundFraction: 0,
    sentBytes: 0,
    rate: null,
    isResumed: false,
    uploadId: null,
    jobId: null,
    error: null,
  };
}

export function isOver(item: UploadItem): boolean {
  return item.phase === "done" || item.phase === "failed";
}

export function advance(item: UploadItem, event: UploadEvent): UploadItem {
  if (event.type === "retried") {
    return item.phase === "failed" ? { ...item, phase: "waiting", error: null, rate: null } : item;
  }
  // A small file may be sent before its job is made.
  if (event.type === "uploadKnown") return { ...item, uploadId: event.uploadId };
  if (event.type === "jobCreated") return { ...item, jobId: event.jobId };
  if (event.type === "failed" && item.phase === "done" && !item.jobId) return { ...item, phase: "failed", error: event.error };
  if (isOver(item)) return item;
  switch (event.type) {
    case "started":
      return { ...item, phase: "starting" };
    case "takingSound":
      return { ...item, phase: "takingSound", soundFraction: event.fraction };
    case "soundTaken":
      return { ...item, phase: "starting", isSoundOnly: true, sizeBytes: event.sizeBytes };
    case "progress":
      return withProgress(item, event.atMs, event.sentBytes);
    case "lost":
      return { ...item, phase: "reconnecting", rate: null };
    case "finished":
      return { ...item, phase: "done", sentBytes: item.sizeBytes };
    case "failed":
      return { ...item, phase: "failed", error: event.error };
  }
}

// The first report of a transfer tells where it begins: more than nothing means that it goes on from an earlier time.
function withProgress(item: UploadItem, atMs: number, sentBytes: number): UploadItem {
  const rate = item.rate ? observe(item.rate, atMs, sentBytes) : startRate(atMs, sentBytes);
  const isResumed = item.isResumed || (item.rate === null && sentBytes > 0);
  return { ...item, phase: "sending", sentBytes, rate, isResumed };
}

export function uploadSecondsLeft(item: UploadItem): number | null {
  return item.rate ? secondsLeft(item.rate, item.sizeBytes) : null;
}
