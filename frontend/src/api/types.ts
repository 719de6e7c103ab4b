// The contract's nouns, by short names.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type JobState = Schemas["JobState"];
export type NewJobSettings = Schemas["NewJobSettings"];
export type Activity = Schemas["Activity"];
export type Segment = Schemas["Segment"];
export type Coverage = Schemas["Coverage"];
export type Transcript = Schemas["Transcript"];
export type Model = Schemas["Model"];
export type ModelDownload = Schemas["ModelDownload"];
export type SearchHit = Schemas["SearchHit"];
export type ExportFormat = Schemas["ExportFormat"];
export type ServerInfo = Schemas["Server"];
export type ServerErrorCode = Schemas["ErrorCode"];
export type SegmentsEvent = Schemas["SegmentsEvent"];
export type AudioProgress = Schemas["ProgressEvent"];
export type TranscriptEdit = Schemas["TranscriptEdit"];
export type TranscriptVersion = Schemas["TranscriptVersion"];
export type EditedEvent = Schemas["EditedEvent"];
export type Peaks = Schemas["Peaks"];
export type Subtitles = Schemas["Subtitles"];
export type SubtitleRules = Schemas["SubtitleRules"];
export type SubtitleProblem = Schemas["SubtitleProblem"];
export type SubtitlePreset = Schemas["SubtitlePreset"];

export const kExportFormats: readonly ExportFormat[] = ["txt", "docx", "srt", "vtt", "ass", "lrc", "json", "csv", "tsv"];

export function isFinal(state: JobState): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}
