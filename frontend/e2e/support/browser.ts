// Chromium for the browser tests: a fresh profile, no outside requests, and a list of everything that went wrong in the page.
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PageOptions {
  width?: number;
  height?: number;
  locale?: "en" | "ru";
  scheme?: "light" | "dark";
  touch?: boolean; // fingers instead of a mouse
  microphone?: boolean; // one that hums, and that the page may use
}

export interface Browser {
  context: BrowserContext;
  page: Page;
  problems: string[]; // errors of scripts and requests to other hosts
  complaints: string[]; // of the browser in its console: such as of answers that are errors
  close: () => Promise<void>;
}

export async function openBrowser(origin: string, options: PageOptions = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "video2text-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...(options.microphone ? ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] : []), "--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--mute-audio", "--disable-features=LocalNetworkAccessChecks", "--autoplay-policy=no-user-gesture-required"],
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    locale: options.locale === "ru" ? "ru-RU" : "en-GB",
    colorScheme: options.scheme ?? "light",
    acceptDownloads: true,
    hasTouch: options.touch ?? false,
    ...(options.microphone ? { permissions: ["microphone"] } : {}),
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const problems: string[] = [];
  const complaints: string[] = [];
  page.on("pageerror", (error) => problems.push(`error in the page: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
    if (/Content Security Policy|Refused to/i.test(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) problems.push(`request to another place: ${url}`);
  });
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { context, page, problems, complaints, close };
}
