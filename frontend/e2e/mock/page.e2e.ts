// The whole page in a browser, against the mock: what users do, and what happens when things go wrong.
import { describe, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import type { MockOptions } from "../../src/testing/mock-server";
import { accessibilityProblems, sidewaysOverflow } from "../support/axe";
import type { PageOptions } from "../support/browser";
import { dropFiles } from "../support/drop";
import { begin, browser, served } from "../support/visit";

async function open(mock: MockOptions = {}, options: PageOptions = {}): Promise<void> {
  await begin({ seed: "empty", windowMs: 150, durationMs: 120_000, ...mock }, options);
  await browser.page.goto(served.origin);
}

const sound = (name: string) => ({ name, type: "audio/wav", content: makeWav(120_000) });

describe("a file", () => {
  it("is dropped, becomes text while it is made, plays from a word and is downloaded", async () => {
    await open();
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.getByRole("heading", { name: "lecture.wav" }).waitFor();
    await page.getByText("Good morning, everybody").first().waitFor();
    await page.getByRole("search").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(20);

    await page.getByText("Today we look at how a river").first().click({ position: { x: 5, y: 10 } });
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 6.4);
    await page.locator('[data-segment="1"][class*=spoken]').waitFor();
    expect(await page.evaluate(() => CSS.highlights.has("v2t-spoken"))).toBe(true);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: /SRT/ }).click();
    expect((await download).suggestedFilename()).toBe("lecture.srt");
  });

  it("keeps its address and its text through a reload in the middle", async () => {
    await open({ windowMs: 500 });
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.locator("[data-segment]").nth(4).waitFor();
    await page.reload();
    await page.getByText("Done", { exact: true }).waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(20);
    await page.waitForFunction(() => (document.querySelector("video")?.duration ?? 0) > 100);
  });

  it("comes with others, which stay together in the list", async () => {
    await open();
    const { page } = browser;
    await dropFiles(page, [sound("one.wav"), sound("two.wav"), sound("no-audio.wav")]);
    await page.getByText("This video has no sound.").waitFor();
    await page.getByText("3 files").waitFor();
    expect(await page.getByRole("heading", { name: "Turn a video into text" }).isVisible()).toBe(true);
  });

  it("is chosen by keyboard alone", async () => {
    await open();
    const { page } = browser;
    const chooser = page.waitForEvent("filechooser"); // asked for early: the browser needs a moment to tell of it
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await (await chooser).setFiles({ name: "lecture.wav", mimeType: "audio/wav", buffer: makeWav(60_000) });
    await page.getByText("Done", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Play from 0:06" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 6.4);
    await page.keyboard.press("k");
    await page.waitForFunction(() => document.querySelector("video")?.paused === true);
  });

  it("that is cancelled keeps the text made so far", async () => {
    await open({ windowMs: 600 });
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.locator("[data-segment]").nth(4).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("This is the text made so far.").waitFor();
    expect(await page.locator("[data-segment]").count()).toBeLessThan(20);
  });

  it("is deleted after the time for undoing, or at once when the page is left", async () => {
    await open({ seed: "full" });
    const { page } = browser;
    const remove = async (name: RegExp) => page.getByRole("group", { name }).getByRole("button", { name: "Delete" }).click();
    await remove(/podcast/);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: /podcast/ }).waitFor();
    await remove(/podcast/);
    await page.goto("about:blank");
    await expect.poll(() => served.mock.jobs.some(({ job }) => job.name.startsWith("podcast"))).toBe(false);
  });

  it("is converted again with another model, whose download is shown", async () => {
    await open({ seed: "full", windowMs: 400 });
    const { page } = browser;
    await page.getByRole("link", { name: /Geography/ }).click();
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("button", { name: "Convert again with other settings" }).click();
    await page.getByLabel("Model").selectOption("small");
    await page.getByText("For difficult recordings").click();
    await page.getByLabel("Words to listen for").fill("Okafor\nMeander, oxbow lake");
    await page.getByLabel("Languages that may be heard").selectOption("en");
    await page.getByLabel("Languages that may be heard").selectOption("fr");
    await page.getByLabel("Care").selectOption("8");
    await page.getByLabel("Sound track").selectOption("2");
    await page.getByRole("button", { name: "Convert", exact: true }).click();
    await page.getByText(/Downloading the model, once: .* of 486/).waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    const wanted = { model: "small", hotwords: ["Okafor", "Meander", "oxbow lake"], languages: ["en", "fr"], beam_size: 8, audio_track: 2 };
    expect(served.mock.jobs[0]?.job.settings).toMatchObject(wanted);
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByText("Okafor, Meander, oxbow lake").waitFor();
  });
});

describe("somebody who looks elsewhere", () => {
  it("is told that the text is ready, by a notification that leads there, and nothing is asked when all is finished", async () => {
    await open({ windowMs: 1500 });
    const { page, context } = browser;
    await context.grantPermissions(["notifications"]);
    await page.addInitScript(() => {
      const told: { words: string; click: () => void }[] = [];
      class Told {
        static permission = "granted";
        onclick: () => void = () => undefined;
        constructor(words: string) {
          told.push({ words, click: () => this.onclick() });
        }
        close() {
          return undefined;
        }
      }
      Object.assign(window, { Notification: Told, told });
    });
    await page.reload();
    await dropFiles(page, [sound("one.wav"), sound("two.wav")]);
    await page.getByText("Converting").first().waitFor();
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    const told = () => page.evaluate(() => (window as unknown as { told: { words: string }[] }).told.map(({ words }) => words).sort());
    await expect.poll(told, { timeout: 30_000 }).toEqual(["The text of “one.wav” is ready", "The text of “two.wav” is ready"]);
    await page.evaluate(() => (window as unknown as { told: { click: () => void }[] }).told[0]?.click());
    await page.getByRole("heading", { level: 1, name: /(one|two)\.wav/ }).waitFor();
    let asked = 0;
    page.on("request", (request) => (asked += request.url().includes("/api/v1/jobs?") ? 1 : 0));
    await page.waitForTimeout(6000);
    expect(asked).toBe(0);
  });
});

describe("a lost connection", () => {
  it("is said, and the upload goes on by itself", async () => {
    await open();
    const { page } = browser;
    served.mock.uploadDelayMs = 1500;
    await dropFiles(page, [{ name: "big.wav", type: "audio/wav", content: Buffer.alloc(20 * 1024 * 1024, 1) }]);
    await page.getByRole("progressbar", { name: "Upload" }).waitFor();
    await expect.poll(() => [...served.mock.uploads.values()][0]?.received ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
    served.mock.isOffline = true;
    await page.getByText(/Nothing is lost/).waitFor();
    await page.getByText("No connection to the server").waitFor();
    served.mock.uploadDelayMs = 0;
    served.mock.isOffline = false;
    await page.getByText("Connected again").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect([...served.mock.uploads.values()]).toHaveLength(1);
  });

  it("does not cut the text that is being made", async () => {
    await open({ windowMs: 700 });
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
    await open();
    const { page } = browser;
    served.mock.uploadDelayMs = 1500;
    const file = { name: "big.wav", type: "audio/wav", content: Buffer.alloc(20 * 1024 * 1024, 1) };
    await dropFiles(page, [file]);
    await expect.poll(() => [...served.mock.uploads.values()][0]?.received ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
    await page.goto("about:blank");
    served.mock.uploadDelayMs = 300;
    await page.goto(served.origin);
    await page.getByText("Upload interrupted").waitFor();
    await dropFiles(page, [file]);
    await page.getByText("Continues where it stopped").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect([...served.mock.uploads.values()]).toHaveLength(1);
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

describe("languages and sizes", () => {
  it("Russian is chosen and remembered", async () => {
    await open();
    const { page } = browser;
    await page.getByLabel("Language", { exact: true }).selectOption("ru");
    await page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ru");
  });

  it("a Russian browser sees Russian at once", async () => {
    await open({}, { locale: "ru" });
    await browser.page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
  });

  it("ten hours scroll and search smoothly", async () => {
    await open({ seed: "full" });
    const { page } = browser;
    const id = served.mock.jobs.find(({ job }) => job.name.startsWith("conference"))?.job.id;
    await page.goto(`${served.origin}/#/jobs/${id}`);
    await page.locator("[data-segment]").first().waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(6000);
    await page.getByRole("searchbox").fill("the bend");
    await page.getByText("1 of 750").waitFor();
    await page.keyboard.press("Shift+Enter");
    await page.getByText("750 of 750").waitFor();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(50_000);
  });
});

const kLooks = (["light", "dark"] as const).flatMap((scheme) => [
  { scheme, device: "desk", width: 1280, height: 800 },
  { scheme, device: "phone", width: 360, height: 740 },
]);

describe.each(kLooks)("every screen in $scheme on a $device", ({ scheme, width, height }) => {
  it("has nothing that axe objects to, and nothing sticks out", async () => {
    await open({ seed: "full" }, { scheme, width, height });
    const { page } = browser;
    const found: string[] = [];
    const check = async (name: string) => {
      await page.waitForTimeout(300);
      found.push(...(await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`));
      const overflow = await sidewaysOverflow(page);
      if (overflow > 0) found.push(`${name}: ${overflow} pixels too wide`);
    };
    await page.getByRole("link", { name: /Geography/ }).waitFor();
    await check("library");
    for (const start of ["Geography", "screen recording", "Лекция 4", "forest", "حوار", "podcast", "Interview"]) {
      const id = served.mock.jobs.find(({ job }) => job.name.startsWith(start))?.job.id;
      await page.goto(`${served.origin}/#/jobs/${id}`);
      await page.getByRole("heading", { level: 1, name: start }).waitFor();
      await check(start);
    }
    await page.goto(`${served.origin}/#/jobs/${served.mock.jobs[3]?.job.id}`);
    await page.getByRole("button", { name: "Download" }).click();
    await check("menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByRole("button", { name: "Convert again with other settings" }).click();
    await page.getByRole("searchbox").fill("river");
    await check("again and search");
    await page.getByRole("button", { name: "Rename" }).click();
    await check("rename");
    expect(found).toEqual([]);
  });
});
