// The contract's nouns, by short names.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type JobState = Schemas["JobState"];
export type NewJobSettings = Schemas["NewJobSettings"];
export type Activity = Schemas["Activity"];
export type Segment = Schemas["Segment"];
export type Transcript = Schemas["Transcript"];
export type Model = Schemas["Model"];
export type ModelDownload = Schemas["ModelDownload"];
export type ServerInfo = Schemas["Server"];
export type ExportFormat = Schemas["ExportFormat"];
export type Task = Schemas["Task"];
export type ServerErrorCode = Schemas["ErrorCode"];
export type SegmentsEvent = Schemas["SegmentsEvent"];
export type AudioProgress = Schemas["ProgressEvent"];

export const kExportFormats = ["txt", "srt", "vtt", "json", "tsv"] as const satisfies readonly ExportFormat[];

export function isFinal(state: JobState): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
