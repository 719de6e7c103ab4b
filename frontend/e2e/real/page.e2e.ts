// The page on the real server at V2T_URL: drops the sample video (V2T_SAMPLE) into it and reads its text (V2T_SAMPLE_TEXT).
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accessibilityProblems, sidewaysOverflow } from "../support/axe";
import { openBrowser, type Browser } from "../support/browser";
import { dropFiles, fileFromDisk } from "../support/drop";

const kMinutes = 60_000;

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: V2T_URL is the server's address, V2T_SAMPLE a video, V2T_SAMPLE_TEXT a file with its words`);
  return value;
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

// The part of the expected words that were heard, each counted as often as it occurs.
function heardShare(expected: string[], heard: string[]): number {
  const counts = new Map<string, number>();
  for (const word of heard) counts.set(word, (counts.get(word) ?? 0) + 1);
  const found = expected.filter((word) => {
    const count = counts.get(word) ?? 0;
    counts.set(word, count - 1);
    return count > 0;
  });
  return found.length / expected.length;
}

const origin = setting("V2T_URL").replace(/\/$/, "");
let browser: Browser;

beforeEach(async () => {
  browser = await openBrowser(origin);
  await browser.page.goto(origin);
});
afterEach(async () => {
  const { problems } = browser;
  await browser.close();
  expect(problems).toEqual([]);
});

async function downloadText(format: RegExp): Promise<{ name: string; text: string }> {
  const { page } = browser;
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: format }).click();
  const download = await started;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

const kFormats = ["TXT", "DOCX", "SRT", "VTT", "ASS", "LRC", "JSON", "CSV", "TSV"];

async function sizeOfDownload(format: string): Promise<number> {
  const { page } = browser;
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("menuitem", { name: "More formats and options" }).click();
  await page.getByRole("radio", { name: new RegExp(`^${format}`) }).check();
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${format}` }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe(`to edit.${format.toLowerCase()}`);
  return readFileSync(await download.path()).length;
}

describe("a video dropped into the page", () => {
  it(
    "becomes its text, in English and Russian, by day and night, on a desk and a phone",
    async () => {
      const { page } = browser;
      await dropFiles(page, [fileFromDisk(setting("V2T_SAMPLE"), "Лекция №1 (sample).mp4", "video/mp4")]);
      await page.getByRole("heading", { name: "Лекция №1 (sample).mp4" }).waitFor();
      await page.getByText("Done", { exact: true }).waitFor({ timeout: 4 * kMinutes });
      const shown = (await page.locator("[data-text]").allTextContents()).join(" ");
      expect(browser.complaints).toEqual([]);
      const expected = words(readFileSync(setting("V2T_SAMPLE_TEXT"), "utf8"));
      expect(heardShare(expected, words(shown))).toBeGreaterThan(0.75);

      const srt = await downloadText(/SRT/);
      expect(srt.name).toBe("Лекция №1 (sample).srt");
      expect(srt.text).toMatch(/^1\r?\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\r?\n/);
      expect(heardShare(words(shown), words(srt.text))).toBeGreaterThan(0.95);

      await page.reload();
      await page.locator("[data-segment]").last().getByRole("button", { name: /Play from/ }).click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);
      expect(await accessibilityProblems(page)).toEqual([]);

      await page.setViewportSize({ width: 360, height: 740 });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.getByLabel("Language", { exact: true }).selectOption("ru");
      await page.getByText("Готово", { exact: true }).waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole("link", { name: "Все файлы" }).click();
      await page.getByRole("heading", { name: "Ваши файлы" }).waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityProblems(page)).toEqual([]);
    },
    6 * kMinutes,
  );
});

describe("the text of a video", () => {
  it(
    "is edited, keeps the change through a reload, and is undone; its words are found by the search; it is downloaded in every format",
    async () => {
      const { page } = browser;
      await dropFiles(page, [fileFromDisk(setting("V2T_SAMPLE"), "to edit.mp4", "video/mp4")]);
      await page.getByText("Done", { exact: true }).waitFor({ timeout: 4 * kMinutes });
      const row = page.locator("[data-segment]").first();
      const before = (await row.locator("[data-text]").textContent())?.trim() ?? "";
      await row.hover();
      await row.getByRole("button", { name: "Edit this line" }).click();
      await page.getByRole("textbox", { name: "Text of this line" }).waitFor();
      await page.keyboard.press("Control+A");
      await page.keyboard.type("Xylophones are written here.");
      await page.keyboard.press("Enter");
      await page.getByText("Saved", { exact: true }).waitFor();
      await page.reload();
      await page.getByText("Xylophones are written here.").waitFor();

      await page.getByRole("link", { name: "Search" }).click();
      await page.getByRole("searchbox", { name: "Search in all your texts" }).fill("xylophones");
      await page.getByRole("link", { name: /to edit.mp4/ }).click();
      await page.getByText("Xylophones are written here.").waitFor();

      await page.keyboard.press("Control+Z");
      await page.getByText(before.split(" ").slice(0, 3).join(" ")).first().waitFor();
      for (const format of kFormats) expect(await sizeOfDownload(format), format).toBeGreaterThan(100);
    },
    6 * kMinutes,
  );
});

describe("a file that is no video", () => {
  it("is refused in words, and goes for good when it is deleted", async () => {
    const { page } = browser;
    await dropFiles(page, [{ name: "letter.mp4", type: "video/mp4", content: Buffer.from("Dear Sir or Madam, ".repeat(100)) }]);
    await page.getByText("This is not a video or a sound recording.").waitFor({ timeout: kMinutes });
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("“letter.mp4” deleted").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "How it works" }).waitFor();
  });
});
