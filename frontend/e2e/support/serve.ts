// The built page with the mock behind it, served as the real server does: same fallback, same Content-Security-Policy.
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { MockServer, type MockOptions } from "../../src/testing/mock-server";

const kDist = new URL("../../dist/", import.meta.url).pathname;
const kTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
// The server's own (backend/app/http/security.cpp), but for the outer page of the frame's test.
const kPolicy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
  "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self' http://localhost:*";

function sendFile(response: ServerResponse, path: string): void {
  const name = extname(path) === "" ? "index.html" : normalize(path);
  try {
    const content = readFileSync(join(kDist, name));
    response.writeHead(200, {
      "Content-Type": kTypes[extname(name)] ?? "application/octet-stream",
      "Content-Security-Policy": kPolicy,
      "X-Content-Type-Options": "nosniff",
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

export interface Served {
  origin: string;
  mock: MockServer;
  close: () => Promise<void>;
}

export async function serveMock(options: MockOptions): Promise<Served> {
  const mock = new MockServer(options);
  const server = createServer((request, response) => {
    if (!mock.handle(request, response)) sendFile(response, new URL(request.url ?? "/", "http://mock").pathname);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    mock,
    close: async () => {
      mock.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
