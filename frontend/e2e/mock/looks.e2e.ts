// Every screen in both colours and languages, on a desk and on a phone, however long the text.
import { describe, expect, it } from "vitest";
import { jobOf } from "../support/editor";
import { kLooks, lookOver } from "../support/looks";
import { browser, openHome, served, words } from "../support/visit";

describe("languages and sizes", () => {
  it("Russian is chosen and remembered", async () => {
    await openHome();
    const { page } = browser;
    await page.getByLabel("Language", { exact: true }).selectOption("ru");
    await page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ru");
  });

  it("a Russian browser sees Russian at once", async () => {
    await openHome({}, { locale: "ru" });
    await browser.page.getByRole("heading", { name: "Превратите видео в текст" }).waitFor();
  });

  it("ten hours scroll and search smoothly", async () => {
    await openHome({ seed: "full" });
    const { page } = browser;
    await page.goto(`${served.origin}/#/jobs/${jobOf("conference").job.id}`);
    await page.locator("[data-segment]").first().waitFor();
    expect(await page.locator("[data-segment]").count()).toBe(6000);
    await page.getByRole("searchbox").fill("the bend");
    await page.getByText("1 of 750").waitFor();
    await page.keyboard.press("Shift+Enter");
    await page.getByText("750 of 750").waitFor();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(50_000);
  });
});

describe.each(kLooks)("every screen: $locale, $scheme, on a $device", ({ locale, scheme, width, height, touch }) => {
  it("has nothing that axe objects to, and nothing sticks out", async () => {
    await openHome({ seed: "full" }, { locale, scheme, width, height, touch });
    const { page } = browser;
    const found: string[] = [];
    const check = async (name: string) => found.push(...(await lookOver(page, name)));
    await page.getByRole("link", { name: /Geography/ }).waitFor();
    await check("library");
    for (const start of ["Geography", "screen recording", "Лекция 4", "forest", "حوار", "podcast", "Interview"]) {
      await page.goto(`${served.origin}/#/jobs/${jobOf(start).job.id}`);
      await page.getByRole("heading", { level: 1, name: start }).waitFor();
      await check(start);
    }
    await page.goto(`${served.origin}/#/jobs/${served.mock.jobs[3]?.job.id}`);
    await page.getByRole("button", { name: words.actions.download }).click();
    await check("menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: words.job.details }).click();
    await page.getByRole("button", { name: words.actions.again }).click();
    await page.getByRole("searchbox").fill("river");
    await check("again and search");
    await page.getByRole("button", { name: words.actions.rename }).click();
    await check("rename");
    expect(found).toEqual([]);
  });
});
