// What was said anywhere in the user's texts, found by the server.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query-client";

const kPageSize = 20;
const kMostHits = 100; // the server's limit for one answer

export function useTranscriptSearch(query: string, pages: number) {
  const limit = Math.min(kMostHits, pages * kPageSize);
  const result = useQuery({
    queryKey: [...keys.search, query, limit],
    queryFn: ({ signal }) => unwrap(client.GET("/api/v1/search", { params: { query: { q: query, limit } }, signal })),
    enabled: query !== "",
    placeholderData: keepPreviousData,
  });
  return { ...result, hasMore: (result.data?.total ?? 0) > limit && limit < kMostHits };
}
