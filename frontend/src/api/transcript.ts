// The text of a job, as far as it is made, in its current version or an earlier one.
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { client, unwrap } from "./client";
import { keys } from "./query-client";
import type { Job, Transcript, TranscriptEdit } from "./types";

// An answer that was overtaken by a change of this page does not bring back the earlier text.
export async function fetchTranscript(queryClient: QueryClient, id: string): Promise<Transcript> {
  const fetched = await unwrap(client.GET("/api/v1/jobs/{id}/transcript", { params: { path: { id } } }));
  const known = queryClient.getQueryData<Transcript>(keys.transcript(id));
  return known && known.version > fetched.version ? known : fetched;
}

export function useTranscript(id: string, enabled: boolean) {
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: keys.transcript(id),
    queryFn: () => fetchTranscript(queryClient, id),
    enabled,
    staleTime: Infinity, // the event stream adds to it; what is done changes by editing only
    refetchOnWindowFocus: false,
  });
}

// Reads the text anew when the job says that somebody changed it elsewhere.
export function useCurrentVersion(id: string, jobVersion: number, textVersion: number | undefined): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (textVersion !== undefined && jobVersion > textVersion) void queryClient.invalidateQueries({ queryKey: keys.transcript(id) });
  }, [queryClient, id, jobVersion, textVersion]);
}

export function useTranscriptVersion(id: string, version: number | null) {
  return useQuery({
    queryKey: keys.transcriptVersion(id, version),
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}/transcript", { params: { path: { id }, query: { version: version ?? 0 } } })),
    enabled: version !== null,
    staleTime: Infinity,
  });
}

// What the server says to have changed goes into the text that the page has of it.
export function takeEdit(queryClient: QueryClient, jobId: string, edit: TranscriptEdit): void {
  queryClient.setQueryData<Transcript>(keys.transcript(jobId), (old) => {
    if (!old) return old;
    const changed = new Map(edit.segments.map((segment) => [segment.id, segment]));
    const gone = new Set([...edit.removed, ...changed.keys()]);
    const segments = [...old.segments.filter(({ id }) => !gone.has(id)), ...changed.values()];
    segments.sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
    return { ...old, segments, version: edit.version };
  });
  queryClient.setQueryData<Job>(keys.job(jobId), (job) => job && { ...job, version: edit.version });
}
