// How much room the user's files take on the server.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query-client";

export function useStorage() {
  return useQuery({ queryKey: keys.storage, queryFn: () => unwrap(client.GET("/api/v1/storage")), staleTime: 10_000 });
}
