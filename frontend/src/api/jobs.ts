// The user's jobs: list, one, and everything that can be done with them.
import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { client, succeed, unwrap } from "./client";
import { forgetDeletion, scheduleDeletion } from "./deletions";
import { asApiError } from "./errors";
import { keys } from "./query-client";
import { isFinal, type Job, type JobState, type NewJobSettings } from "./types";
import { sessionToken } from "./session";
import { useState } from "react";

const kPageSize = 50;
const kMaxListed = 200; // the server's limit for one answer
const kActivePollMs = 2_000;
const kWatchPollMs = 5_000;

export interface JobFilter {
  name?: string; // a part of it
  states?: readonly JobState[];
}

interface JobList {
  jobs: Job[];
  total: number;
}

// The list follows active jobs by asking: a browser allows six connections to a host, too few for a stream per job.
export function useJobs(filter: JobFilter = {}) {
  const [limit, setLimit] = useState(kPageSize);
  const { name = "", states = [] } = filter;
  const isFiltered = name !== "" || states.length > 0;
  const query = useQuery({
    // Lists with a filter are kept apart: a job that changes may belong to them no more.
    queryKey: isFiltered ? [...keys.filteredJobs, name, ...states, limit] : [...keys.jobs, limit],
    queryFn: () => fetchJobs({ limit, ...(name ? { q: name } : {}), ...(states.length > 0 ? { state: states.join(",") } : {}) }),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => (hasUnfinished(state.data) ? kActivePollMs : false),
  });
  const hasMore = (query.data?.total ?? 0) > limit && limit < kMaxListed;
  return { ...query, hasMore, showMore: () => setLimit((value) => Math.min(kMaxListed, value + kPageSize)) };
}

function fetchJobs(query: { limit: number; q?: string; state?: string }): Promise<JobList> {
  return unwrap(client.GET("/api/v1/jobs", { params: { query } }));
}

function hasUnfinished(list: JobList | undefined): boolean {
  return list?.jobs.some((job) => !isFinal(job.state)) ?? false;
}

const kNoJobs: readonly Job[] = [];

// The newest jobs, also while nobody looks at the page; asks no more once all are finished.
export function useWatchedJobs(isWanted: boolean): readonly Job[] {
  const query = useQuery({
    queryKey: [...keys.jobs, kPageSize],
    queryFn: () => fetchJobs({ limit: kPageSize }),
    enabled: isWanted,
    refetchInterval: ({ state }) => (hasUnfinished(state.data) ? kWatchPollMs : false),
    refetchIntervalInBackground: true,
  });
  return isWanted ? (query.data?.jobs ?? kNoJobs) : kNoJobs;
}

export function useJob(id: string) {
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: keys.job(id),
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
    placeholderData: () => listedJob(queryClient, id),
    // The event stream tells the rest; bytes that arrive are no event.
    refetchInterval: ({ state }) => (state.data?.state === "uploading" || state.data?.state === "queued" ? kActivePollMs : false),
    retry: (failures, error) => asApiError(error).code !== "not_found" && failures < 2,
  });
}

function listedJob(queryClient: QueryClient, id: string): Job | undefined {
  const lists = queryClient.getQueriesData<JobList>({ queryKey: keys.jobs });
  return lists.flatMap(([, list]) => list?.jobs ?? []).find((job) => job.id === id);
}

// Writes a job that the server sent wherever the page keeps it.
function rememberJob(queryClient: QueryClient, job: Job): void {
  queryClient.setQueryData<Job>(keys.job(job.id), job);
  queryClient.setQueriesData<JobList>({ queryKey: keys.jobs }, (list) => {
    if (!list) return list;
    const known = list.jobs.some((other) => other.id === job.id);
    const jobs = known ? list.jobs.map((other) => (other.id === job.id ? job : other)) : [job, ...list.jobs];
    return { jobs, total: known ? list.total : list.total + 1 };
  });
}

// `source`: the job that this one is made again from, and whose text stays.
export async function createJob(queryClient: QueryClient, upload: string, settings: NewJobSettings, source?: string): Promise<Job> {
  const job = await unwrap(client.POST("/api/v1/jobs", { body: { upload, settings, ...(source !== undefined && { source }) } }));
  rememberJob(queryClient, job);
  return job;
}

export function useRenameJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      unwrap(client.PATCH("/api/v1/jobs/{id}", { params: { path: { id } }, body: { name } })),
    onSuccess: (job) => rememberJob(queryClient, job),
  });
}

export function useCancelJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } } })),
    onSuccess: (job) => rememberJob(queryClient, job),
    onError: () => void queryClient.invalidateQueries(),
  });
}

async function sendDeletion(id: string): Promise<void> {
  try {
    await succeed(client.DELETE("/api/v1/jobs/{id}", { params: { path: { id } }, keepalive: true }));
  } catch (error) {
    if (asApiError(error).code !== "not_found") throw error;
  }
}

// Hides the job at once and deletes it a little later, so that it can be undone.
export function useDeleteJob() {
  const queryClient = useQueryClient();
  return (job: Job): void =>
    scheduleDeletion({ id: job.id, name: job.name }, async () => {
      await sendDeletion(job.id);
      await queryClient.invalidateQueries({ queryKey: keys.jobs });
      forgetDeletion(job.id);
    });
}

// At once, for a job that another one has replaced.
export async function replaceJob(queryClient: QueryClient, id: string): Promise<void> {
  await sendDeletion(id);
  await queryClient.invalidateQueries({ queryKey: keys.jobs });
}

// The address of the media for an element that cannot send headers.
export function mediaUrl(id: string): string {
  const token = sessionToken();
  return `/api/v1/jobs/${id}/media${token ? `?session=${encodeURIComponent(token)}` : ""}`;
}
