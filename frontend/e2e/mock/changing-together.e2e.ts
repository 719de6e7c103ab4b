// One text changed in two places: by two people, and by one in two tabs.
import { describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { accessibilityProblems } from "../support/axe";
import { edit, jobOf, openText, rows, saved, textsOf } from "../support/editor";
import { browser, served } from "../support/visit";

describe("two who change the same", () => {
  const elsewhere = (index: number, text: string) => {
    const kept = jobOf("Geography");
    kept.text.apply([{ segment: kept.text.segments[index]?.id ?? -1, text }]);
  };

  it("are both kept where they changed different lines", async () => {
    await openText("Geography");
    elsewhere(4, "Changed by a colleague.");
    await edit(rows().nth(1));
    await browser.page.keyboard.type(" Mine.");
    await browser.page.keyboard.press("Enter");
    await saved();
    await browser.page.getByText("Changed by a colleague.").waitFor();
    expect(textsOf("Geography")[1]).toMatch(/Mine\.$/);
    expect(textsOf("Geography")[4]).toBe("Changed by a colleague.");
  });

  it("see both texts where it was the same line, and choose", async () => {
    await openText("Geography");
    const { page } = browser;
    elsewhere(1, "Theirs.");
    await edit(rows().nth(1));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Mine.");
    const dialog = page.getByRole("dialog", { name: "Changed in two places" });
    await dialog.waitFor();
    expect(await dialog.getByText("Mine.").isVisible()).toBe(true);
    expect(await dialog.getByText("Theirs.").isVisible()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Decide later" }).click();
    await page.getByRole("button", { name: "Compare and choose" }).click();
    await page.getByRole("button", { name: "Keep the chosen" }).click();
    await saved();
    expect(textsOf("Geography")[1]).toBe("Mine.");
  });
});

describe("two tabs of one text", () => {
  it("each undo what was done in them, also after a reload, and a closed one leaves its changes to the other", async () => {
    await openText("Geography");
    const { page } = browser;
    const other = await browser.context.newPage();
    await other.goto(page.url());
    const change = async (tab: Page, index: number, words: string) => {
      const row = tab.locator("[data-segment]").nth(index);
      await row.hover();
      await row.getByRole("button", { name: "Edit this line" }).click();
      await tab.getByRole("textbox", { name: "Text of this line" }).waitFor();
      await tab.keyboard.type(words);
      await tab.keyboard.press("Enter");
    };
    await page.bringToFront();
    await change(page, 0, " First.");
    await expect.poll(() => textsOf("Geography")[0]).toMatch(/First\.$/);
    await other.bringToFront();
    await change(other, 1, " Second.");
    await expect.poll(() => textsOf("Geography")[1]).toMatch(/Second\.$/);
    await page.bringToFront();
    await page.reload();
    await page.getByText(/Second\.$/).waitFor();
    await page.keyboard.press("Control+Z");
    await expect.poll(() => textsOf("Geography")[0]).not.toMatch(/First/);
    expect(textsOf("Geography")[1]).toMatch(/Second\.$/);

    served.mock.isOffline = true;
    await other.bringToFront();
    await change(other, 3, " Left behind.");
    await other.getByText("Kept on this device, sent when the server answers").waitFor();
    await other.close();
    served.mock.isOffline = false;
    await page.reload();
    await expect.poll(() => textsOf("Geography")[3], { timeout: 20_000 }).toMatch(/Left behind\.$/);
  });
});
