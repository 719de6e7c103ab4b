// The page as Hugging Face shows a Space: the server at V2T_URL behind a proxy that ends TLS, its page inside an iframe of
// another site, from which cookies are third-party ones. Both sites are this machine under their names.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Frame } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileFromDisk } from "../support/drop";

const kMinutes = 60_000;
const kParent = "huggingface.co";
const kSpace = "owner-name.hf.space";

const folder = mkdtempSync(join(tmpdir(), "video2text-framed-"));
const servers: Server[] = [];
let context: BrowserContext;
let frame: Frame;

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: V2T_URL is a server that trusts its proxy, V2T_SAMPLE a video`);
  return value;
}

function certificate(): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${kSpace}`, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(certificate(), answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function passOn(request: IncomingMessage, response: ServerResponse) {
  const headers = { ...request.headers, "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7" };
  const onward = forward(setting("V2T_URL") + (request.url ?? "/"), { method: request.method ?? "GET", headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

function showFrame(_: IncomingMessage, response: ServerResponse) {
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(`<!doctype html><title>a Space</title><iframe src="https://${kSpace}/" style="width:1200px;height:700px"></iframe>`);
}

beforeEach(async () => {
  const [parent, space] = [await serve(showFrame), await serve(passOn)];
  context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-features=LocalNetworkAccessChecks",
      "--test-third-party-cookie-phaseout",
      `--host-resolver-rules=MAP ${kParent}:443 127.0.0.1:${parent}, MAP ${kSpace}:443 127.0.0.1:${space}, MAP * ~NOTFOUND`,
    ],
    ignoreHTTPSErrors: true,
    locale: "en-GB",
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`https://${kParent}/`);
  const element = await page.waitForSelector("iframe");
  const inner = await element.contentFrame();
  if (!inner) throw new Error("the frame is empty");
  frame = inner;
});

afterEach(async () => {
  await context.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

describe("a Space inside the page of Hugging Face", () => {
  it(
    "shows itself, keeps its cookie, and turns a video into text",
    async () => {
      await frame.getByRole("heading", { name: "How it works" }).waitFor();
      const video = fileFromDisk(setting("V2T_SAMPLE"), "sample.mp4", "video/mp4");
      await frame.locator("input[type=file]").first().setInputFiles({ name: video.name, mimeType: video.type, buffer: video.content });
      await frame.getByText("Done", { exact: true }).waitFor({ timeout: 4 * kMinutes });
      expect((await frame.locator("[data-text]").allTextContents()).join(" ")).toMatch(/speech becomes text/i);
      const cookie = (await context.cookies()).find(({ name }) => name === "v2t_session");
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: "None", domain: kSpace });
    },
    6 * kMinutes,
  );
});
