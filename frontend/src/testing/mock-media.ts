// Quiet notes as a WAV file of any length: something that the player can play; and any file, sent by ranges as players ask for it.
import type { IncomingMessage, ServerResponse } from "node:http";

export interface MediaFile {
  content: Buffer;
  type: string;
}

const kRateHz = 8000;

export function makeWav(durationMs: number): Buffer {
  const samples = Math.round((Math.min(durationMs, 600_000) * kRateHz) / 1000);
  const file = Buffer.alloc(44 + samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(kRateHz, 24);
  file.writeUInt32LE(kRateHz, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  for (let i = 0; i < samples; i++) {
    const note = 220 * 2 ** (((i >> 13) % 8) / 12);
    file[44 + i] = 128 + Math.round(8 * Math.sin((2 * Math.PI * note * i) / kRateHz));
  }
  return file;
}

export function sendInRanges(request: IncomingMessage, response: ServerResponse, { content, type }: MediaFile): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const from = Number(range?.[1] ?? 0);
  const to = range?.[2] ? Math.min(Number(range[2]), content.length - 1) : content.length - 1;
  response.writeHead(range ? 206 : 200, {
    "Content-Type": type,
    "Accept-Ranges": "bytes",
    "Content-Length": to - from + 1,
    ...(range ? { "Content-Range": `bytes ${from}-${to}/${content.length}` } : {}),
  });
  response.end(content.subarray(from, to + 1));
}
