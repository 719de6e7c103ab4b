// The anonymous session: its token is kept and sent as a header, since a browser may block our cookie inside an iframe.
import { readText, writeText } from "../lib/storage";
import { reportLost } from "./connection";
import { ApiError, errorFromText } from "./errors";

const kKey = "v2t.session";
export const kSessionHeader = "X-V2T-Session";

let opening: Promise<string> | null = null;

export function sessionToken(): string | null {
  return readText(kKey);
}

// Tokens are confirmed once per page; all callers share one request.
export function ensureSession(): Promise<string> {
  opening ??= openSession().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

export function forgetSession(): void {
  opening = null;
}

async function openSession(): Promise<string> {
  const known = sessionToken();
  const headers: Record<string, string> = known ? { [kSessionHeader]: known } : {};
  const response = await fetchOrReport("/api/v1/session", { method: "POST", headers });
  const text = await response.text();
  if (!response.ok) throw errorFromText(response.status, text);
  const { token } = JSON.parse(text) as { token: string };
  writeText(kKey, token);
  return token;
}

// fetch, with silence turned into the error "network" and reported.
export async function fetchOrReport(input: RequestInfo, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reportLost();
    throw new ApiError("network", error instanceof Error ? error.message : "");
  }
}

// fetch as this session's owner; a session that the server no longer knows is opened again, once.
export async function sessionFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await sendAs(await ensureSession(), request);
  if (response.status !== 401) return response;
  forgetSession();
  return sendAs(await ensureSession(), again);
}

function sendAs(token: string, request: Request): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set(kSessionHeader, token);
  return fetchOrReport(new Request(request, { headers }));
}
