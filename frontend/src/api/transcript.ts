// The text of a job, as far as it is made.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query-client";

export function useTranscript(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.transcript(id),
    queryFn: () => unwrap(client.GET("/api/v1/jobs/{id}/transcript", { params: { path: { id } } })),
    enabled,
    staleTime: Infinity, // the event stream adds to it; what is done does not change
    refetchOnWindowFocus: false,
  });
}
