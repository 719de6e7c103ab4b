// The whole way from a file to its subtitles without a mouse, and what people who cannot see, or not stand motion, rely on.
import { describe, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import type { MockOptions } from "../../src/testing/mock-server";
import type { PageOptions } from "../support/browser";
import { jobOf } from "../support/editor";
import { tabTo } from "../support/keyboard";
import { browser, openHome } from "../support/visit";

let unseen: string[];

async function open(mock: MockOptions, options: PageOptions = {}): Promise<void> {
  await openHome(mock, options);
  unseen = [];
}

const tab = (wanted: RegExp) => tabTo(browser.page, wanted, unseen);
const press = (key: string) => browser.page.keyboard.press(key);

describe.each([
  { device: "desk", width: 1280, height: 800 },
  { device: "phone with a keyboard", width: 390, height: 844 },
])("by keyboard alone, on a $device", ({ width, height }) => {
  it("a file becomes text, is heard, corrected, undone, downloaded, renamed, found, deleted and brought back", async () => {
    await open({ seed: "empty" }, { width, height });
    const { page } = browser;
    const chooser = page.waitForEvent("filechooser"); // asked for early: the browser needs a moment to tell of it
    await tab(/^Choose files$/);
    await press("Enter");
    await (await chooser).setFiles({ name: "lecture.wav", mimeType: "audio/wav", buffer: makeWav(120_000) });
    await page.getByText("Done", { exact: true }).waitFor();
    await page.locator("[data-segment]").nth(19).waitFor();

    await tab(/^Play from 0:00$/);
    await press("ArrowDown");
    await press("Enter");
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 6.4);
    await press("k");
    await press("e");
    await page.getByRole("textbox", { name: "Text of this line" }).waitFor();
    await page.keyboard.type(" Indeed.");
    await press("Enter");
    await expect.poll(() => jobOf("lecture").text.segments[1]?.text).toMatch(/crosses\. Indeed\.$/);
    await press("Control+z");
    await expect.poll(() => jobOf("lecture").text.segments[1]?.text).toMatch(/crosses\.$/);

    await tabTo(page, /^Download$/, unseen, "Shift+Tab");
    await press("Enter");
    await press("ArrowDown");
    await press("ArrowDown");
    const download = page.waitForEvent("download");
    await press("Enter");
    expect((await download).suggestedFilename()).toBe("lecture.srt");

    await tabTo(page, /^All files$/, unseen, "Shift+Tab");
    await press("Enter");
    await page.getByRole("heading", { name: "Your files" }).waitFor();
    await tab(/^Rename$/);
    await press("Enter");
    await page.keyboard.type("rivers");
    await press("Enter");
    await page.getByRole("link", { name: "rivers.wav" }).waitFor();

    await tabTo(page, /^Search$/, unseen, "Shift+Tab");
    await press("Enter");
    await page.getByRole("searchbox", { name: "Search in all your texts" }).waitFor();
    await page.keyboard.type("patient");
    await page.getByText(/place.* found/).first().waitFor();
    await tab(/rivers\.wav/);
    await press("Enter");
    await page.locator("[data-segment][class*=current]", { hasText: "patient" }).waitFor();

    await tab(/^All files$/);
    await press("Enter");
    await page.getByRole("heading", { name: "Your files" }).waitFor();
    await tab(/^Delete$/);
    await press("Enter");
    await page.getByText("“rivers.wav” deleted").waitFor();
    await tab(/^Undo$/);
    await press("Enter");
    await page.getByRole("link", { name: "rivers.wav" }).waitFor();
    expect(unseen).toEqual([]);
  });
});

describe("whoever asks for less motion", () => {
  it("sees none", async () => {
    await open({ seed: "empty", windowMs: 4000 });
    const { page } = browser;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.locator("input[type=file]").first().setInputFiles({ name: "lecture.wav", mimeType: "audio/wav", buffer: makeWav(60_000) });
    await page.getByText("Listening…").waitFor();
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length)).toBe(0);
  });
});

describe("a screen reader", () => {
  it("hears that the text is ready, on whatever part of it", async () => {
    await open({ seed: "empty" });
    const { page } = browser;
    await page.locator("input[type=file]").first().setInputFiles({ name: "lecture.wav", mimeType: "audio/wav", buffer: makeWav(60_000) });
    await page.getByRole("status").filter({ hasText: "lecture.wav: the text is ready" }).waitFor({ state: "attached" });
  });

  it("arrives at the new screen, whose name is the first heading", async () => {
    await open({ seed: "full" });
    const { page } = browser;
    await page.getByRole("link", { name: /Geography/ }).click();
    await page.getByRole("heading", { level: 1, name: /Geography/ }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    expect(await page.title()).toMatch(/^Geography/);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
  });
});
