// The editor in both colours, on a desk and on a phone.
import { describe, expect, it } from "vitest";
import { edit, openText, recognised, rows, saved } from "../support/editor";
import { kLooks, lookOver } from "../support/looks";
import { browser } from "../support/visit";

describe.each(kLooks)("the editor in $scheme on a $device", ({ scheme, device, width, height, touch }) => {
  it("has nothing that axe objects to, and nothing sticks out", async () => {
    await openText("Geography", { scheme, width, height, touch });
    const { page } = browser;
    const found: string[] = [];
    const check = async (name: string) => found.push(...(await lookOver(page, name)));
    if (device === "phone") await page.getByRole("button", { name: "Review" }).click();
    await check("review");
    await page.getByRole("button", { name: "Start reviewing" }).click();
    await check("reviewing");
    await edit(rows().nth(2));
    await check("editing");
    await page.keyboard.type(" More.");
    await page.keyboard.press("Enter");
    await saved();
    for (const panel of ["Subtitles", "Versions", "Details"]) {
      await page.getByRole("button", { name: panel, exact: panel !== "Subtitles" }).first().click();
      await check(panel);
    }
    await page.getByRole("button", { name: "Versions" }).click();
    await recognised().getByRole("button", { name: "Look" }).click();
    await check("an earlier version");
    await page.getByRole("button", { name: "Back to the current text" }).click();
    await page.getByRole("button", { name: "Replace" }).first().click();
    await check("replace");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("menuitem", { name: "More formats and options" }).click();
    await check("download");
    await page.getByRole("radio", { name: /^SRT/ }).check();
    await check("download of subtitles");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+?");
    await check("shortcuts");
    expect(found).toEqual([]);
  }, 300_000);
});
