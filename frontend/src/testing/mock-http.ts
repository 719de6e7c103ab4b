// What answers of the mock server have in common: refusals, JSON, tus.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../api/errors";

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(body));
}

export function sendTus(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
  response.writeHead(status, { "Tus-Resumable": "1.0.0", ...headers }).end();
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
