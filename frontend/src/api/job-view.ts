// What the page says about a job, from the server's word and from this page's own upload of it.
import type { ErrorCode } from "./errors";
import type { Job } from "./types";
import type { UploadItem } from "./upload-machine";

export type JobStage =
  | "waiting"
  | "starting"
  | "takingSound"
  | "uploading"
  | "interrupted"
  | "reconnecting"
  | "queued"
  | "running"
  | "done"
  | "failed"
  | "cancelled";

export type Tone = "calm" | "busy" | "good" | "bad" | "attention";

// A job outlives its media: then it has no upload any more.
export const receivedBytes = (job: Job): number => job.upload?.received_bytes ?? 0;
export const sizeBytes = (job: Job): number => job.upload?.size_bytes ?? 0;
export const hasAllMedia = (job: Job): boolean => job.upload !== null && job.upload.received_bytes === job.upload.size_bytes;

// `isGrowing`: bytes arrive, though not from this page: another tab is uploading.
export function stageOf(job: Job, upload: UploadItem | undefined, isGrowing: boolean): JobStage {
  if (job.state !== "uploading") return job.state;
  if (upload) return stageOfUpload(upload);
  return isGrowing || hasAllMedia(job) ? "uploading" : "interrupted";
}

export function stageOfUpload(upload: UploadItem): JobStage {
  return upload.phase === "sending" || upload.phase === "done" ? "uploading" : upload.phase;
}

const kTones: Record<JobStage, Tone> = {
  waiting: "calm",
  starting: "busy",
  takingSound: "busy",
  uploading: "busy",
  interrupted: "attention",
  reconnecting: "attention",
  queued: "calm",
  running: "busy",
  done: "good",
  failed: "bad",
  cancelled: "calm",
};

export function toneOf(stage: JobStage): Tone {
  return kTones[stage];
}

// null: nothing can be said yet.
export function fractionOf(job: Job, upload: UploadItem | undefined): number | null {
  if (job.state === "uploading") {
    const sent = Math.max(upload?.sentBytes ?? 0, receivedBytes(job));
    return sizeBytes(job) > 0 ? sent / sizeBytes(job) : null;
  }
  if (job.state !== "running") return null;
  const { activity, duration_ms, audio_done_ms } = job;
  if (activity?.phase === "downloading_model" && activity.bytes_total) return (activity.bytes_done ?? 0) / activity.bytes_total;
  if (activity && activity.phase !== "transcribing") return null;
  return duration_ms ? audio_done_ms / duration_ms : null;
}

// An estimate only from measured speed: the job's own, which every window's event brings; before that the server's of earlier
// jobs, which comes with the job alone and would stand still meanwhile.
export function conversionSecondsLeft(job: Job): number | null {
  if (job.duration_ms && job.speed && job.windows_done > 0) return Math.max(0, job.duration_ms - job.audio_done_ms) / 1000 / job.speed;
  return job.eta_ms === null ? null : job.eta_ms / 1000;
}

const kOfTheFileItself: readonly ErrorCode[] = ["empty_file", "not_media", "damaged_media", "no_audio_track", "too_large"];

// The same file fails the same way again: then no button promises otherwise.
export function isWorthRetrying(error: { code: ErrorCode } | null): boolean {
  return error === null || !kOfTheFileItself.includes(error.code);
}

// Where other settings would not help either.
export function holdsNoMedia(error: { code: ErrorCode } | null): boolean {
  return error?.code === "empty_file" || error?.code === "not_media";
}
