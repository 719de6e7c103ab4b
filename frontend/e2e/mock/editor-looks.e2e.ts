// The editor in both languages and colours, on a desk and on a phone.
import { describe, expect, it } from "vitest";
import { edit, openText, recognised, rows, saved } from "../support/editor";
import { kLooks, lookOver } from "../support/looks";
import { browser, words } from "../support/visit";

describe.each(kLooks)("the editor: $locale, $scheme, on a $device", ({ locale, scheme, device, width, height, touch }) => {
  it("has nothing that axe objects to, and nothing sticks out", async () => {
    await openText("Geography", { locale, scheme, width, height, touch });
    const { page } = browser;
    const found: string[] = [];
    const check = async (name: string) => found.push(...(await lookOver(page, name)));
    if (device === "phone") await page.getByRole("button", { name: words.review.title }).click();
    await check("review");
    await page.getByRole("button", { name: words.review.begin }).click();
    await check("reviewing");
    await edit(rows().nth(2));
    await check("editing");
    await page.keyboard.type(" More.");
    await page.keyboard.press("Enter");
    await saved();
    for (const panel of [words.subtitles.title, words.versions.title, words.job.details]) {
      await page.getByRole("button", { name: panel, exact: panel !== words.subtitles.title }).first().click();
      await check(panel);
    }
    await page.getByRole("button", { name: words.versions.title }).click();
    await recognised().getByRole("button", { name: words.versions.look }).click();
    await check("an earlier version");
    await page.getByRole("button", { name: words.versions.back }).click();
    await page.getByRole("button", { name: words.replace.open }).first().click();
    await check("replace");
    await page.getByRole("button", { name: words.actions.download }).click();
    await page.getByRole("menuitem", { name: words.exports.more }).click();
    await check("download");
    await page.getByRole("radio", { name: /^SRT/ }).check();
    await check("download of subtitles");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+?");
    await check("shortcuts");
    expect(found).toEqual([]);
  }, 300_000);
});
