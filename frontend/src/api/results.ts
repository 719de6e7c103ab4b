// What else the server makes of a text: its versions, subtitles by rules, files in every format, and the sound's peaks.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fileNameOf } from "../lib/save-file";
import { client, unwrap } from "./client";
import { editSessionOf } from "./edit-session";
import { errorFromText } from "./errors";
import { keys } from "./query-client";
import { sessionFetch } from "./session";
import { takeEdit } from "./transcript";
import { isFinal, type ExportFormat, type Job, type SubtitleRules, type Transcript } from "./types";

export type TextLayout = "plain" | "times" | "paragraphs";

// A preset's name, and the rules that the user set otherwise.
export interface SubtitleChoice extends Partial<SubtitleRules> {
  preset?: string;
}

export interface ExportChoice extends SubtitleChoice {
  format: ExportFormat;
  layout?: TextLayout;
  words?: boolean;
}

export function useVersions(job: Job, version: number) {
  return useQuery({
    queryKey: keys.versions(job.id, version),
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}/versions", { params: { path: { id: job.id } } })),
    placeholderData: keepPreviousData,
  });
}

export function useRestoreVersion(jobId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (version: number) => {
      await editSessionOf(queryClient, jobId).saveNow();
      const now = queryClient.getQueryData<Transcript>(keys.transcript(jobId))?.version ?? 0;
      const params = { path: { id: jobId, version }, header: { "If-Match": `"v${now}"` } };
      return unwrap(client.POST("/api/v1/jobs/{id}/versions/{version}/restore", { params }));
    },
    onSuccess: (answer) => takeEdit(queryClient, jobId, answer),
    onError: () => void queryClient.invalidateQueries({ queryKey: keys.transcript(jobId) }),
  });
}

export function useSubtitles(jobId: string, version: number, choice: SubtitleChoice, enabled: boolean) {
  return useQuery({
    queryKey: keys.subtitles(jobId, version, choice),
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}/subtitles", { params: { path: { id: jobId }, query: choice } })),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

export function useSubtitlePresets(enabled: boolean) {
  return useQuery({
    queryKey: keys.presets,
    queryFn: () => unwrap(client.GET("/api/v1/subtitle-presets")),
    enabled,
    staleTime: Infinity,
  });
}

const kPeaksPollMs = 5_000;
const kMostLatePolls = 4; // of a job that is over

// None at first, and for a job from before there were any.
export function usePeaks(job: Job) {
  const isOver = isFinal(job.state);
  return useQuery({
    queryKey: keys.peaks(job.id, isOver), // once more when the job ends: the last stretch may have come since
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}/peaks", { params: { path: { id: job.id } } })),
    enabled: isOver || job.state === "running",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data?.is_complete || (isOver && state.dataUpdateCount > kMostLatePolls) ? false : kPeaksPollMs),
  });
}

// The text as a file, with all that was changed so far.
export async function fetchExport(job: Job, { format, ...choice }: ExportChoice): Promise<{ content: Blob; name: string }> {
  const url = new URL(`/api/v1/jobs/${job.id}/exports/${format}`, window.location.origin);
  for (const [name, value] of Object.entries(choice)) if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await sessionFetch(new Request(url));
  if (!response.ok) throw errorFromText(response.status, await response.text());
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? `${job.name.replace(/\.[^.]+$/, "")}.${format}`;
  return { content: await response.blob(), name };
}
