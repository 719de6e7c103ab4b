// What went wrong, by a code that the page has words for; the server's own English message is the detail.
import type { ServerErrorCode } from "./types";

// The server's codes and those of the page itself: no answer at all, a file that the browser cannot read.
export type ErrorCode = ServerErrorCode | "network" | "unreadable_file";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: ErrorCode,
    message = "",
    readonly status = 0,
  ) {
    super(message);
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("internal", error instanceof Error ? error.message : String(error));
}

function codeOfStatus(status: number): ErrorCode {
  const codes: Record<number, ErrorCode> = {
    400: "invalid_argument",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    409: "conflict",
    412: "stale",
    413: "too_large",
    422: "conflict",
    428: "precondition_required",
    429: "rate_limited",
    502: "unavailable",
    503: "unavailable",
    504: "timeout",
    507: "disk_full",
  };
  return codes[status] ?? "internal";
}

// An answer with an error status: the contract's body, or a proxy's page where something else stands in between.
export function errorFromAnswer(status: number, body: unknown): ApiError {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  const code = typeof error?.code === "string" ? (error.code as ErrorCode) : codeOfStatus(status);
  return new ApiError(code, typeof error?.message === "string" ? error.message : `HTTP ${status}`, status);
}

export function errorFromText(status: number, text: string): ApiError {
  try {
    return errorFromAnswer(status, JSON.parse(text));
  } catch {
    return errorFromAnswer(status, null);
  }
}
