// Uploads of the mock server: tus, as far as the page speaks it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { mockId } from "./mock-data";
import { readBody, Refusal, sendTus } from "./mock-http";

export interface MockUpload {
  id: string;
  name: string;
  size: number;
  received: number;
  chunks: Buffer[];
}

export class MockUploads {
  readonly all = new Map<string, MockUpload>();
  delayMs = 0; // before each piece is accepted
  mostBytes = 20 * 1024 ** 3;

  find(id: string): MockUpload {
    const upload = this.all.get(id);
    if (!upload) throw new Refusal(404, "not_found", "no such upload");
    return upload;
  }

  create(request: IncomingMessage, response: ServerResponse): void {
    const size = Number(request.headers["upload-length"]);
    if (size > this.mostBytes) throw new Refusal(413, "too_large", `the file has ${size} bytes; this server takes at most ${this.mostBytes}`);
    const encoded = /filename ([^,]*)/.exec(String(request.headers["upload-metadata"] ?? ""))?.[1] ?? "";
    const upload = { id: mockId(), name: Buffer.from(encoded, "base64").toString(), size, received: 0, chunks: [] };
    this.all.set(upload.id, upload);
    sendTus(response, 201, { Location: `/api/v1/uploads/${upload.id}`, "Upload-Offset": 0 });
  }

  tell(response: ServerResponse, id: string): void {
    const { received, size } = this.find(id);
    sendTus(response, 200, { "Upload-Offset": received, "Upload-Length": size, "Cache-Control": "no-store" });
  }

  // False: the connection broke meanwhile, and nothing was taken.
  async append(request: IncomingMessage, response: ServerResponse, id: string, isCut: () => boolean): Promise<boolean> {
    const upload = this.find(id);
    const body = await readBody(request);
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (isCut()) {
      request.socket.destroy();
      return false;
    }
    if (Number(request.headers["upload-offset"]) !== upload.received) throw new Refusal(409, "conflict", "another offset is expected");
    upload.chunks.push(body);
    upload.received += body.length;
    sendTus(response, 204, { "Upload-Offset": upload.received });
    return true;
  }
}
