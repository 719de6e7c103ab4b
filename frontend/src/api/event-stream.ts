// One job's events as they happen. The stream is cut by the server every minute and by networks at any time: it goes on
// after the last event seen. Read with fetch, because EventSource cannot send the session header.
import { backoffMs, sleep } from "../lib/backoff";
import { SseParser, type SseMessage } from "../lib/sse";
import { asApiError, errorFromText } from "./errors";
import { sessionFetch } from "./session";

const kSilenceMs = 40_000; // a comment comes every 15 s
const kAtOnceMs = 50;

export interface EventStreamOptions {
  jobId: string;
  signal: AbortSignal;
  // Returns false when no more events are wanted.
  onMessage: (message: SseMessage) => boolean;
}

export async function followEvents(options: EventStreamOptions): Promise<void> {
  let lastId: string | null = null;
  let failures = 0;
  let ended = false;
  const take = (message: SseMessage) => {
    failures = 0;
    lastId = message.id ?? lastId;
    if (!options.onMessage(message)) ended = true;
  };
  while (!options.signal.aborted && !ended) {
    await untilVisible(options.signal);
    try {
      await readOnce(options.jobId, lastId, take, options.signal);
      if (!ended) await sleep(kAtOnceMs, options.signal);
    } catch (error) {
      if (options.signal.aborted) return;
      // Deleted elsewhere, or lost with the server's disk: nobody is left to say so.
      if (asApiError(error).status === 404) return void options.onMessage({ event: "deleted", data: "{}", id: null });
      await sleep(backoffMs(failures++), options.signal);
    }
  }
}

async function readOnce(jobId: string, lastId: string | null, take: (m: SseMessage) => void, signal: AbortSignal) {
  const cut = new AbortController(); // by the caller or by silence; Safari knows AbortSignal.any from 17.4 on
  const stop = () => cut.abort();
  let watchdog = setTimeout(stop, kSilenceMs);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastId !== null) headers["Last-Event-ID"] = lastId;
    const url = new URL(`/api/v1/jobs/${jobId}/events`, window.location.origin);
    const response = await sessionFetch(new Request(url, { headers, signal: cut.signal, cache: "no-store" }));
    if (!response.ok) throw errorFromText(response.status, await response.text());
    if (!response.body) return;
    const parser = new SseParser(take);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, kSilenceMs);
      parser.push(value);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
  }
}

// A page that nobody looks at holds no connection once its stream has ended.
function untilVisible(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", check);
      signal.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    signal.addEventListener("abort", check);
  });
}
