// One cache of what the server said. Requests are made even when the browser believes to be offline: the server may be this very machine.
import { QueryClient } from "@tanstack/react-query";
import { onRestored } from "./connection";
import { asApiError } from "./errors";

export const keys = {
  server: ["server"] as const,
  models: ["models"] as const,
  jobs: ["jobs"] as const,
  filteredJobs: ["filtered-jobs"] as const,
  search: ["search"] as const,
  storage: ["storage"] as const,
  job: (id: string) => ["job", id] as const,
  transcript: (id: string) => ["transcript", id] as const,
  transcriptVersion: (id: string, version: number | null) => ["transcript version", id, version] as const,
  versions: (id: string, version: number) => ["versions", id, version] as const,
  peaks: (id: string, isOver: boolean) => ["peaks", id, isOver] as const,
  subtitles: (id: string, version: number, query: unknown) => ["subtitles", id, version, query] as const,
  presets: ["subtitle presets"] as const,
};

function worthRetrying(failures: number, error: unknown): boolean {
  const { code, status } = asApiError(error);
  return failures < 2 && (code === "network" || status >= 500 || status === 429);
}

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: worthRetrying, staleTime: 5_000, refetchOnWindowFocus: true },
      mutations: { networkMode: "always", retry: false },
    },
  });
  onRestored(() => void client.invalidateQueries());
  return client;
}
