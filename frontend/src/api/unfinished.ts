// Uploads that a closed page left unfinished, by the fingerprint of their file: choosing the file again goes on with them.
import { readJson, writeJson } from "../lib/storage";

export interface Unfinished {
  uploadId: string;
  jobId: string;
  savedAtMs: number;
}

const kKey = "v2t.uploads";
const kKeptMs = 7 * 24 * 3600 * 1000;

// Name, size and date of change: a file that was edited in between is another file.
function fingerprint(file: File): string {
  return [file.name, file.size, file.lastModified, file.type].join("|");
}

function readAll(nowMs: number): Record<string, Unfinished> {
  const value = readJson(kKey);
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value as Record<string, Partial<Unfinished> | null>);
  const valid = entries.filter(
    ([, entry]) =>
      typeof entry?.uploadId === "string" && typeof entry.jobId === "string" && nowMs - (entry.savedAtMs ?? 0) < kKeptMs,
  );
  return Object.fromEntries(valid) as Record<string, Unfinished>;
}

export function findUnfinished(file: File, nowMs = Date.now()): Unfinished | null {
  return readAll(nowMs)[fingerprint(file)] ?? null;
}

export function rememberUnfinished(file: File, uploadId: string, jobId: string, nowMs = Date.now()): void {
  writeJson(kKey, { ...readAll(nowMs), [fingerprint(file)]: { uploadId, jobId, savedAtMs: nowMs } });
}

export function forgetUnfinished(file: File, nowMs = Date.now()): void {
  const all = readAll(nowMs);
  delete all[fingerprint(file)];
  writeJson(kKey, all);
}
