// What other browsers do otherwise than this one, as far as it can play them: its abilities are taken away.
import { expect, it } from "vitest";
import { dropFiles } from "../support/drop";
import { edit, field, openText, rows } from "../support/editor";
import { begin, browser, openHome, served } from "../support/visit";

const kLeastOnPhonesPx = 16; // iOS zooms into what is smaller

function sizesOfFields(): Promise<string[]> {
  return browser.page.evaluate(() =>
    [...document.querySelectorAll("input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea")].map(
      (each) => `${getComputedStyle(each).fontSize} ${each.className || each.tagName}`,
    ),
  );
}

it("a phone has no reason to zoom into a field", async () => {
  await openText("Geography", { width: 390, height: 844, touch: true });
  await edit(rows().first());
  const onText = await sizesOfFields();
  await browser.page.goto(browser.page.url().replace(/#.*/, "#/search"));
  await browser.page.getByRole("searchbox").waitFor();
  const all = [...onText, ...(await sizesOfFields())];
  expect(all.length).toBeGreaterThan(8);
  expect(all.filter((size) => parseFloat(size) < kLeastOnPhonesPx)).toEqual([]);
});

it("a line is changed in a field as high as its text, also where the browser does not see to that", async () => {
  await openText("Geography", { width: 390, height: 844 });
  await browser.page.evaluate(() => {
    CSS.supports = () => false;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("textarea { field-sizing: fixed !important }");
    document.adoptedStyleSheets = [sheet];
  });
  await edit(rows().first());
  const isAllSeen = () => field().evaluate((each) => each.scrollHeight <= each.clientHeight);
  expect(await isAllSeen()).toBe(true);
  await browser.page.keyboard.type(" and so it went on and on, for as long as anybody listened and longer");
  expect(await isAllSeen()).toBe(true);
});

it("the sound of the microphone is shown as sound, without a word about a picture", async () => {
  await openHome({}, { microphone: true });
  const { page } = browser;
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("0:02").waitFor();
  await page.getByRole("button", { name: "Finish and convert" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1);
  expect(await page.getByText("There is no picture to show").count()).toBe(0);
});

it("a text comes live and is searched where words cannot be painted and signals cannot be joined", async () => {
  await begin({ seed: "empty", windowMs: 150, durationMs: 120_000 });
  const { page } = browser;
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, "Highlight");
    Reflect.deleteProperty(AbortSignal, "any");
    Reflect.deleteProperty(Document.prototype, "caretPositionFromPoint");
  });
  await page.goto(served.origin);
  await dropFiles(page, [{ name: "talk.mp3", type: "audio/mpeg", content: Buffer.from("a sound, as far as the mock knows") }]);
  await page.getByText("Done", { exact: true }).waitFor();
  const word = (await rows().first().locator("[data-text]").textContent())?.trim().split(" ")[0] ?? "";
  await page.getByRole("searchbox", { name: "Search in the text" }).fill(word);
  await page.getByText(/^1 of \d+$/).waitFor();
});
