// From a first text to one that can be handed on: reviewed, completed, subtitled, downloaded.
import { describe, expect, it } from "vitest";
import { jobOf, openText, saved, textsOf } from "../support/editor";
import { browser } from "../support/visit";

describe("reviewing", () => {
  it("goes through the doubtful words: accepts, corrects, corrects everywhere", async () => {
    await openText("Geography");
    const { page } = browser;
    const left = () => page.getByText(/^\d+ of \d+$/).textContent();
    await page.keyboard.press("n");
    expect(await left()).toBe("1 of 11");
    await page.keyboard.press("n");
    expect(await left()).toBe("2 of 11");
    await page.keyboard.press("p");
    await page.keyboard.press("a");
    await expect.poll(left).toBe("1 of 10");
    await expect.poll(() => jobOf("Geography").text.segments[3]?.words.find(({ text }) => text === " 1820,")?.checked).toBe(true);
    await page.getByLabel("Heard as").fill("canal");
    await page.getByRole("button", { name: /Fix everywhere/ }).click();
    await expect.poll(() => textsOf("Geography").filter((text) => text.includes("channel")).length).toBe(0);
    await saved();
    expect(textsOf("Geography").filter((text) => text.includes("canal")).length).toBeGreaterThan(3);
  });
});

describe("speech that was not understood", () => {
  it("is listed, heard and typed", async () => {
    await openText("Geography");
    const { page } = browser;
    await page.getByText("1 place was not understood").waitFor();
    await page.getByRole("button", { name: /0:54 Listen and type it/ }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 54);
    await page.locator("[data-segment][class*=current]").getByRole("button", { name: "Type it", exact: true }).click();
    await page.keyboard.type("Any questions?");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByText("1 place was not understood").count()).toBe(0);
  });
});

describe("subtitles and downloads", () => {
  it("are shown over the picture, with what breaks the rules", async () => {
    await openText("Geography");
    const { page } = browser;
    await page.getByRole("button", { name: "Subtitles" }).click();
    await page.getByText(/49 subtitles, \d+ problems/).waitFor();
    await page.getByLabel("Rules").selectOption("bbc");
    await page.getByRole("button", { name: /0:12 Too many lines/ }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 12.4);
    await page.locator("[class*=cue]", { hasText: "Water is patient" }).waitFor();
  });

  it("come with options", async () => {
    await openText("Geography");
    const { page } = browser;
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: "More formats and options" }).click();
    await page.getByRole("radio", { name: /^VTT/ }).check();
    await page.getByText("A time for every word").click();
    const asked = page.waitForRequest(/exports\/vtt\?.*words=true/);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download VTT" }).click();
    await asked;
    expect((await download).suggestedFilename()).toMatch(/\.vtt$/);
  });
});
