// What the server is, and the models that it offers.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query-client";

const kReadyPollMs = 3_000;
const kDownloadPollMs = 1_500;

export function useServer() {
  return useQuery({
    queryKey: keys.server,
    queryFn: () => unwrap(client.GET("/api/v1/server")),
    refetchInterval: (query) => (query.state.data?.is_ready === false ? kReadyPollMs : false),
  });
}

export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: () => unwrap(client.GET("/api/v1/models")),
    staleTime: 30_000,
    // While none is here, one is about to be downloaded.
    refetchInterval: ({ state: { data } }) =>
      data && (data.downloads.length > 0 || !data.models.some((model) => model.is_downloaded)) ? kDownloadPollMs : false,
  });
}
