// A lost connection, a closed page, and a frame without cookies or storage.
import { describe, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import { dropFiles, sound } from "../support/drop";
import { begin, browser, openHome, served } from "../support/visit";

describe("a lost connection", () => {
  it("is said, and the upload goes on by itself", async () => {
    await openHome();
    const { page } = browser;
    served.mock.uploads.delayMs = 1500;
    await dropFiles(page, [{ name: "big.wav", type: "audio/wav", content: Buffer.alloc(20 * 1024 * 1024, 1) }]);
    await page.getByRole("progressbar", { name: "Upload" }).waitFor();
    await expect.poll(() => [...served.mock.uploads.all.values()][0]?.received ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
    served.mock.isOffline = true;
    await page.getByText(/Nothing is lost/).waitFor();
    await page.getByText("No connection to the server").waitFor();
    served.mock.uploads.delayMs = 0;
    served.mock.isOffline = false;
    await page.getByText("Connected again").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect([...served.mock.uploads.all.values()]).toHaveLength(1);
  });

  it("does not cut the text that is being made", async () => {
    await openHome({ windowMs: 700 });
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.locator("[data-segment]").nth(4).waitFor();
    served.mock.isOffline = true;
    for (const { streams } of served.mock.jobs) for (const stream of streams) stream.destroy();
    await page.getByText("No connection to the server").waitFor();
    served.mock.isOffline = false;
    await page.getByText("Done", { exact: true }).waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(20);
  });

  it("and a closed page: the same file, chosen again, goes on where it stopped", async () => {
    await openHome();
    const { page } = browser;
    served.mock.uploads.delayMs = 1500;
    const file = { name: "big.wav", type: "audio/wav", content: Buffer.alloc(20 * 1024 * 1024, 1) };
    await dropFiles(page, [file]);
    await expect.poll(() => [...served.mock.uploads.all.values()][0]?.received ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
    await page.goto("about:blank");
    served.mock.uploads.delayMs = 300;
    await page.goto(served.origin);
    await page.getByText("Upload interrupted").waitFor();
    await dropFiles(page, [file]);
    await page.getByText("Continues where it stopped").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect([...served.mock.uploads.all.values()]).toHaveLength(1);
    expect(served.mock.jobs).toHaveLength(1);
  });
});

describe("a frame on another site, where neither cookies nor storage work", () => {
  it("makes text and plays it", async () => {
    await begin({ seed: "empty", windowMs: 150, durationMs: 60_000 }, {}, "http://");
    const { page } = browser;
    await page.addInitScript(() => {
      const refuse = () => {
        throw new DOMException("storage is blocked", "SecurityError");
      };
      Object.defineProperty(window, "localStorage", { get: refuse });
    });
    const outer = `http://localhost:${new URL(served.origin).port}/outer.html`;
    await page.route(outer, (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${served.origin}" title="page" width="1200" height="700"></iframe>` }),
    );
    await page.goto(outer);
    const frame = page.frameLocator("iframe");
    await frame.locator("input[type=file]").first().setInputFiles({ name: "lecture.wav", mimeType: "audio/wav", buffer: makeWav(60_000) });
    await frame.getByText("Done", { exact: true }).waitFor();
    await frame.getByRole("link", { name: "All files" }).click();
    await frame.getByRole("link", { name: "lecture.wav" }).click();
    await frame.getByRole("button", { name: "Play from 0:06" }).click();
    await expect.poll(() => frame.locator("video").evaluate((video) => (video as HTMLVideoElement).currentTime)).toBeGreaterThan(6.4);
  });
});
