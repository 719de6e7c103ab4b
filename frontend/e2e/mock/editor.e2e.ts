// The editor in a browser, against the mock: what people change, that it is kept, undone and looked at again.
import { describe, expect, it } from "vitest";
import { edit, field, jobOf, openText, recognised, rows, saved, textsOf } from "../support/editor";
import { begin, browser, served } from "../support/visit";

describe("a line", () => {
  it("is changed in place, saved by itself, undone after a reload and redone", async () => {
    await openText("Geography");
    const { page } = browser;
    await edit(rows().nth(1));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Today we look at rivers.");
    await page.keyboard.press("Enter");
    await saved();
    await expect.poll(() => textsOf("Geography")[1]).toBe("Today we look at rivers.");
    const words = jobOf("Geography").text.segments[1]?.words ?? [];
    expect(words.map(({ text }) => text)).toEqual(["Today", " we", " look", " at", " rivers."]);
    expect(words.map(({ checked }) => checked)).toEqual([false, false, false, false, true]);

    await page.reload();
    await page.getByText("Today we look at rivers.").waitFor();
    await page.keyboard.press("Control+Z");
    await page.getByText("Today we look at how a river").first().waitFor();
    await expect.poll(() => textsOf("Geography")[1]).toBe("Today we look at how a river shapes the land that it crosses.");
    await page.keyboard.press("Control+Shift+Z");
    await expect.poll(() => textsOf("Geography")[1]).toBe("Today we look at rivers.");
  });

  it("keeps what was typed when the page is left in the middle, without a connection", async () => {
    await openText("Geography");
    const { page } = browser;
    await edit(rows().nth(0));
    served.mock.isOffline = true;
    await page.keyboard.type(" Sit down.");
    await page.getByText("Kept on this device, sent when the server answers").waitFor();
    await page.goto("about:blank");
    served.mock.isOffline = false;
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}`);
    await expect.poll(() => textsOf("Geography")[0], { timeout: 20_000 }).toBe("Good morning, everybody, and thank you for coming so early. Sit down.");
  });

  it("is split and joined by keyboard, and the words keep their times", async () => {
    await openText("Geography");
    const { page } = browser;
    const before = jobOf("Geography").text.segments[0];
    await page.getByRole("button", { name: "Play from 0:00" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("k");
    await page.keyboard.press("e");
    await field().waitFor();
    await page.keyboard.press("Home");
    for (let i = 0; i < "Good morning,".length; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => textsOf("Geography").slice(0, 2)).toEqual(["Good morning,", "everybody, and thank you for coming so early."]);
    await saved();
    const [first, second] = jobOf("Geography").text.segments;
    expect(first?.words).toEqual(before?.words.slice(0, 2));
    expect(second?.start_ms).toBe(before?.words[2]?.start_ms);

    // The cursor stands at the beginning of the second part: Backspace joins them again.
    await page.keyboard.press("Backspace");
    await expect.poll(() => textsOf("Geography")[0]).toBe(before?.text);
    await page.keyboard.press("Escape");
    await saved();
    expect(jobOf("Geography").text.segments[0]?.words.map(({ start_ms }) => start_ms)).toEqual(before?.words.map(({ start_ms }) => start_ms));
  });

  it("gets other times by keys and by typing, within its neighbours", async () => {
    await openText("Geography");
    const { page } = browser;
    const second = () => jobOf("Geography").text.segments[1];
    await page.getByRole("button", { name: "Play from 0:06" }).click();
    await page.keyboard.press("k");
    await page.keyboard.press("]");
    await page.keyboard.press("]");
    await expect.poll(() => second()?.start_ms).toBe(6600);
    await edit(rows().nth(1));
    await page.getByRole("textbox", { name: "End" }).fill("0:11,5");
    await page.keyboard.press("Enter");
    await expect.poll(() => second()?.end_ms).toBe(11_500);
    await page.getByRole("textbox", { name: "End" }).fill("0:59");
    await page.keyboard.press("Enter");
    await expect.poll(() => second()?.end_ms).toBe(12_400); // where the next line starts
  });

  it("is written where nobody could understand the speech, and lines are added and deleted", async () => {
    await openText("Geography");
    const { page } = browser;
    await page.getByRole("button", { name: "Type it", exact: true }).click();
    await page.keyboard.type("Any questions?");
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf("Geography")[9]).toBe("Any questions?");
    await edit(rows().nth(0));
    await page.getByRole("button", { name: "Add line" }).click();
    await page.keyboard.type("Hello!");
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf("Geography").slice(0, 3)).toEqual([
      "Good morning, everybody, and thank you for coming so early.",
      "Hello!",
      "Today we look at how a river shapes the land that it crosses.",
    ]);
    await saved();
    await page.keyboard.press("Shift+Delete");
    await expect.poll(() => textsOf("Geography")[1]).toBe("Today we look at how a river shapes the land that it crosses.");
    await page.keyboard.press("Control+Z");
    await expect.poll(() => textsOf("Geography")[1]).toBe("Hello!");
  });
});

describe("find and replace", () => {
  it("changes one place, then all, then none again", async () => {
    await openText("Geography");
    const { page } = browser;
    const count = (word: string) => textsOf("Geography").join(" ").split(word).length - 1;
    const all = count("river");
    await page.keyboard.press("Control+h");
    await page.keyboard.type("river");
    await page.getByRole("textbox", { name: "Replace with" }).fill("stream");
    await page.getByRole("button", { name: "Replace", exact: true }).last().click();
    await expect.poll(() => count("stream")).toBe(1);
    await page.getByRole("button", { name: /Replace all/ }).click();
    await expect.poll(() => count("stream")).toBe(all);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await expect.poll(() => count("river")).toBe(all);
  });
});

describe("versions", () => {
  it("are looked at and restored", async () => {
    await openText("Geography");
    const { page } = browser;
    await edit(rows().nth(0));
    await page.keyboard.type(" Welcome.");
    await page.keyboard.press("Enter");
    await saved();
    await page.getByRole("button", { name: "Versions" }).click();
    await recognised().getByRole("button", { name: "Look" }).click();
    await page.getByText("You are looking at version 0.").waitFor();
    await page.locator("[class*=differs]").waitFor();
    expect(await page.getByRole("button", { name: "Edit this line" }).count()).toBe(0);
    await recognised().getByRole("button", { name: "Restore" }).click();
    await page.getByText("Version 0 restored").waitFor();
    expect(textsOf("Geography")[0]).toBe("Good morning, everybody, and thank you for coming so early.");
  });
});

describe("other scripts", () => {
  it("Arabic is edited from right to left", async () => {
    await openText("حوار");
    await edit(rows().nth(0));
    expect(await field().evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
    await browser.page.keyboard.type(" نعم");
    await browser.page.keyboard.press("Enter");
    await expect.poll(() => textsOf("حوار")[0]).toBe("صباح الخير جميعًا وشكرًا لحضوركم. نعم");
  });

  it("Russian works in a Russian page, where the keys are found by their place", async () => {
    await begin({ seed: "full" }, { locale: "ru" });
    const { page } = browser;
    await page.goto(`${served.origin}/#/jobs/${jobOf("Совещание").job.id}`);
    await rows().first().waitFor();
    await page.evaluate(() => window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyN", key: "т", bubbles: true, cancelable: true })));
    await page.getByText(/^1 из \d+$/).waitFor();
    await page.getByRole("button", { name: "Всё верно" }).click();
    await page.getByText("Сохранено").waitFor();
  });
});
