// Answers of the server for component tests: by method and path, from a table that the test can change.
import { vi } from "vitest";

export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | "silence";

export function fakeFetch(answers: Record<string, Answer | (() => Answer)>) {
  const calls: { key: string; body: string; session: string | null }[] = [];
  const fetchMock = vi.fn(async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), window.location.origin), init);
    const key = `${request.method} ${new URL(request.url).pathname}`;
    calls.push({ key, body: await request.clone().text(), session: request.headers.get("X-V2T-Session") });
    const found = answers[key];
    const answer = typeof found === "function" ? found() : found;
    if (answer === undefined || answer === "silence") throw new TypeError("Failed to fetch");
    const body = answer.body === undefined ? null : typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    return new Response(body, { status: answer.status ?? 200, headers: answer.headers ?? {} });
  });
  vi.stubGlobal("fetch", fetchMock);
  return calls;
}

export const kSession: Answer = { body: { token: "token-1", is_new: true } };
export const kServer: Answer = {
  body: {
    version: "0.1.0",
    default_model: "base",
    max_upload_bytes: 21_474_836_480,
    is_ready: true,
    error: null,
    media_kept_hours: 24,
    transcripts_kept_days: null,
    is_ephemeral: false,
    has_sample: false,
    quota: { uploads_at_once: 20, audio_hours_per_day: null, bytes: null },
  },
};
