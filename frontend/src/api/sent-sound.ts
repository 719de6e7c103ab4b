// The jobs for which this browser sent only the sound of a video: the server knows no more than what it got.
import { readJson, writeJson } from "../lib/storage";
import type { Job } from "./types";

export interface SentSound {
  soundBytes: number;
  fileBytes: number;
}

const kKey = "v2t.sentSound";
const kMostKept = 300; // the newest

function readAll(): [jobId: string, sent: SentSound][] {
  const value = readJson(kKey);
  if (!Array.isArray(value)) return [];
  return (value as [unknown, Partial<SentSound> | null][]).filter(
    (entry): entry is [string, SentSound] =>
      Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1]?.soundBytes === "number" && typeof entry[1].fileBytes === "number",
  );
}

export function rememberSentSound(jobId: string, sent: SentSound): void {
  writeJson(kKey, [...readAll().filter(([id]) => id !== jobId), [jobId, sent]].slice(-kMostKept));
}

// A job that was made again has the media of its source.
export function sentSoundOf(job: Pick<Job, "id" | "source">): SentSound | null {
  const all = new Map(readAll());
  return all.get(job.id) ?? (job.source ? all.get(job.source) : undefined) ?? null;
}
