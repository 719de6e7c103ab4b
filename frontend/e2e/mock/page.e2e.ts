// The way of a file through the page, against the mock: dropped, read, cancelled, deleted, converted again.
import { describe, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import { dropFiles, sound } from "../support/drop";
import { browser, openHome, served } from "../support/visit";

describe("a file", () => {
  it("is dropped, becomes text while it is made, plays from a word and is downloaded", async () => {
    await openHome();
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.getByRole("heading", { name: "lecture.wav" }).waitFor();
    await page.getByText("Good morning, everybody").first().waitFor();
    await page.getByRole("search").waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(20);
    expect(browser.complaints).toEqual([]);

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
    await openHome({ windowMs: 500 });
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.locator("[data-segment]").nth(4).waitFor();
    await page.reload();
    await page.getByText("Done", { exact: true }).waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(20);
    await page.waitForFunction(() => (document.querySelector("video")?.duration ?? 0) > 100);
  });

  it("comes with others, which stay together in the list", async () => {
    await openHome();
    const { page } = browser;
    await dropFiles(page, [sound("one.wav"), sound("two.wav"), sound("no-audio.wav")]);
    await page.getByText("This video has no sound.").waitFor();
    await page.getByText("3 files").waitFor();
    expect(await page.getByRole("heading", { name: "Turn a video into text" }).isVisible()).toBe(true);
  });

  it("is chosen by keyboard alone", async () => {
    await openHome();
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
    await openHome({ windowMs: 600 });
    const { page } = browser;
    await dropFiles(page, [sound("lecture.wav")]);
    await page.locator("[data-segment]").nth(4).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("This is the text made so far.").waitFor();
    expect(await page.locator("[data-segment]").count()).toBeLessThan(20);
  });

  it("is deleted after the time for undoing, or at once when the page is left", async () => {
    await openHome({ seed: "full" });
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
    await openHome({ seed: "full", windowMs: 400 });
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
    await openHome({ windowMs: 1500 });
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
