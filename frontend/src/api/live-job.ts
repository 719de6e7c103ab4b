// Keeps a job and its text up to date while it is made: what the event stream says goes into the query cache.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { SseMessage } from "../lib/sse";
import { mergeWindow } from "../lib/timeline";
import { followEvents } from "./event-stream";
import { keys } from "./query-client";
import { isFinal, type Activity, type AudioProgress, type EditedEvent, type Job, type SegmentsEvent, type Transcript } from "./types";

const kFlushMs = 120; // events of a replay come by the hundred: one drawing for all of them

// The events since the last drawing, folded together.
export interface Pending {
  job: Partial<Job>;
  windows: SegmentsEvent[];
  version: number; // of the last edit
  isFinal: boolean;
  isDeleted: boolean;
}

export function nothingPending(): Pending {
  return { job: {}, windows: [], version: 0, isFinal: false, isDeleted: false };
}

// Takes from a state event what jobs change by themselves; the name is the user's.
function ownChanges(job: Job): Partial<Job> {
  const { name: _name, upload: _upload, version: _version, ...changes } = job;
  return changes;
}

export function fold(pending: Pending, message: SseMessage): void {
  if (message.event === "deleted") pending.isDeleted = true;
  else if (message.event === "edited") pending.version = (JSON.parse(message.data) as EditedEvent).version;
  else if (message.event === "state") {
    const job = JSON.parse(message.data) as Job;
    pending.job = ownChanges(job);
    pending.isFinal = isFinal(job.state);
  } else if (message.event === "activity") pending.job.activity = JSON.parse(message.data) as Activity | null;
  else if (message.event === "progress" || message.event === "segments") {
    const progress = JSON.parse(message.data) as AudioProgress | SegmentsEvent;
    if ("segments" in progress) {
      pending.windows.push(progress);
      pending.job.windows_done = progress.window + 1;
    }
    const { audio_done_ms, duration_ms, speed } = progress;
    pending.job = { ...pending.job, audio_done_ms, duration_ms: duration_ms ?? pending.job.duration_ms ?? null, speed };
  }
}

// A replayed stream starts in the past: progress never runs backwards while the job runs.
export function applyToJob(job: Job, changes: Partial<Job>): Job {
  const next = { ...job, ...changes };
  if (job.state === "running" && next.state === "running") {
    next.audio_done_ms = Math.max(job.audio_done_ms, next.audio_done_ms);
    next.windows_done = Math.max(job.windows_done, next.windows_done);
  }
  return { ...next, duration_ms: next.duration_ms ?? job.duration_ms };
}

export function applyToTranscript(transcript: Transcript, pending: Pending): Transcript {
  let segments: readonly Transcript["segments"][number][] = transcript.segments;
  for (const event of pending.windows) segments = mergeWindow(segments, event.window, event.segments);
  const language = pending.job.language ?? transcript.language;
  if (segments === transcript.segments && language === transcript.language) return transcript;
  return { ...transcript, segments: [...segments], language };
}

function flush(queryClient: QueryClient, jobId: string, pending: Pending): void {
  queryClient.setQueryData<Job>(keys.job(jobId), (job) => job && applyToJob(job, pending.job));
  queryClient.setQueryData<Transcript>(keys.transcript(jobId), (old) => old && applyToTranscript(old, pending));
  // Read by useCurrentVersion as a text that changed; an own change is known already.
  queryClient.setQueryData<Job>(keys.job(jobId), (job) => job && { ...job, version: Math.max(job.version, pending.version) });
  if (pending.isDeleted) void queryClient.invalidateQueries({ queryKey: keys.job(jobId) });
  if (!pending.isFinal) return;
  for (const queryKey of [keys.job(jobId), keys.transcript(jobId), keys.jobs]) void queryClient.invalidateQueries({ queryKey });
}

// Follows while `active`: from the first byte of the upload to the final state.
export function useLiveJob(jobId: string, active: boolean): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!active) return;
    const stop = new AbortController();
    let pending = nothingPending();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = () => {
      timer = null;
      const ready = pending;
      pending = nothingPending();
      flush(queryClient, jobId, ready);
    };
    const onMessage = (message: SseMessage): boolean => {
      fold(pending, message);
      timer ??= setTimeout(draw, kFlushMs);
      return !pending.isFinal && !pending.isDeleted;
    };
    void followEvents({ jobId, signal: stop.signal, onMessage });
    return () => {
      stop.abort();
      if (timer) clearTimeout(timer);
      // Whatever the stream had not told yet is read when it is next looked at.
      void queryClient.invalidateQueries({ queryKey: keys.transcript(jobId) });
    };
  }, [jobId, active, queryClient]);
}
