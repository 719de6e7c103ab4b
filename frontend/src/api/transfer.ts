// Sends the bytes of one file by tus 1.0 in pieces of 8 MiB; loaded only when somebody uploads.
import * as tus from "tus-js-client";
import { reportLost } from "./connection";
import { ApiError, asApiError, errorFromText } from "./errors";
import { ensureSession, kSessionHeader, sessionToken } from "./session";

const kChunkBytes = 8 * 1024 * 1024;
const kMaxNameBytes = 255;

export interface TransferOptions {
  file: File; // the user's: its name is sent
  body: Blob; // what is sent: the file, or its sound
  uploadId: string | null; // to go on with
  onUploadKnown: (uploadId: string) => void;
  onProgress: (sentBytes: number) => void;
  onLost: () => void;
  onFinished: () => void;
  onFailed: (error: ApiError) => void;
}

export interface Transfer {
  stop: () => void;
  hurry: () => void; // try again now, rather than when the pause is over
}

export type StartTransfer = (options: TransferOptions) => Promise<Transfer>;

// For a night without network: doubling up to half a minute, and again and again.
export function retryDelays(): number[] {
  return Array.from({ length: 2000 }, (_, attempt) => Math.min(30_000, 500 * 2 ** Math.min(attempt, 6)));
}

// The server keeps at most 255 bytes of a name; the end of it, which tells the format, is kept.
export function shortName(name: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= kMaxNameBytes) return name;
  const extension = /\.[^.]{1,10}$/.exec(name)?.[0] ?? "";
  const characters = [...name.slice(0, name.length - extension.length)];
  while (encoder.encode(characters.join("") + extension).length > kMaxNameBytes) characters.pop();
  return characters.join("") + extension;
}

function statusOf(error: Error | tus.DetailedError): number {
  return "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

// What a pause can mend: silence, a server or proxy in trouble, another piece still being written.
export function mendsItself(status: number): boolean {
  return status === 0 || status === 408 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507);
}

async function asError(error: Error | tus.DetailedError, file: File): Promise<ApiError> {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (response) return errorFromText(response.getStatus(), response.getBody());
  return (await isReadable(file)) ? new ApiError("network", error.message) : new ApiError("unreadable_file", error.message);
}

// A folder, or a file that was moved away after it was chosen, gives an error when it is read.
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export const startTransfer: StartTransfer = async (options) => {
  if (!(await isReadable(options.body))) throw new ApiError("unreadable_file");
  await ensureSession();
  const endpoint = new URL("/api/v1/uploads", window.location.origin).href;
  let stopped = false;
  const stop = () => {
    stopped = true;
    void upload.abort();
  };
  // A file that was moved or changed meanwhile fails as a lost connection does, and would be tried for ever.
  const tellLossFromUnreadable = async () => {
    if (await isReadable(options.body)) return reportLost();
    if (stopped) return;
    stop();
    options.onFailed(new ApiError("unreadable_file"));
  };
  const upload: tus.Upload = new tus.Upload(options.body, {
    endpoint,
    uploadUrl: options.uploadId ? `${endpoint}/${options.uploadId}` : null,
    chunkSize: kChunkBytes,
    retryDelays: retryDelays(),
    metadata: { filename: shortName(options.file.name) },
    storeFingerprintForResuming: false,
    onBeforeRequest: (request) => request.setHeader(kSessionHeader, sessionToken() ?? ""),
    onUploadUrlAvailable: () => options.onUploadKnown(upload.url?.split("/").pop() ?? ""),
    onProgress: (sentBytes) => options.onProgress(sentBytes),
    onShouldRetry: (error) => {
      const status = statusOf(error);
      if (stopped || !mendsItself(status)) return false;
      options.onLost();
      if (status === 0) void tellLossFromUnreadable();
      return true;
    },
    onSuccess: () => options.onFinished(),
    onError: (error) => {
      if (!stopped) void asError(error, options.file).then(options.onFailed, (e: unknown) => options.onFailed(asApiError(e)));
    },
  });
  upload.start();
  return {
    stop,
    hurry: () => {
      if (!stopped) void upload.abort().then(() => upload.start());
    },
  };
};
