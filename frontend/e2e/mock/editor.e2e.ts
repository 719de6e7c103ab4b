// The editor in a browser, against the mock: what people change, that it is kept, and what happens when two change the same.
import { describe, expect, it } from "vitest";
import type { Locator, Page } from "playwright-core";
import { accessibilityProblems, sidewaysOverflow } from "../support/axe";
import type { PageOptions } from "../support/browser";
import { begin, browser, served } from "../support/visit";

async function open(name: string, options: PageOptions = {}): Promise<void> {
  await begin({ seed: "full" }, options);
  await browser.page.goto(`${served.origin}/#/jobs/${jobOf(name).job.id}`);
  await rows().first().waitFor();
}

const jobOf = (name: string) => served.mock.jobs.find(({ job }) => job.name.startsWith(name)) as (typeof served.mock.jobs)[number];
const textsOf = (name: string) => jobOf(name).text.segments.map(({ text }) => text);
const rows = () => browser.page.locator("[data-segment]");
const field = () => browser.page.getByRole("textbox", { name: "Text of this line" });
const recognised = () => browser.page.getByRole("listitem").filter({ hasText: "As recognised" });
const saved = () => browser.page.getByText("Saved", { exact: true }).waitFor();

async function edit(row: Locator): Promise<void> {
  await row.hover();
  await row.getByRole("button", { name: "Edit this line" }).click();
  await field().waitFor();
}

describe("a line", () => {
  it("is changed in place, saved by itself, undone after a reload and redone", async () => {
    await open("Geography");
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
    await open("Geography");
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
    await open("Geography");
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
    await open("Geography");
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
    await open("Geography");
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

describe("two who change the same", () => {
  const elsewhere = (index: number, text: string) => {
    const kept = jobOf("Geography");
    kept.text.apply([{ segment: kept.text.segments[index]?.id ?? -1, text }]);
  };

  it("are both kept where they changed different lines", async () => {
    await open("Geography");
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
    await open("Geography");
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

describe("find and replace", () => {
  it("changes one place, then all, then none again", async () => {
    await open("Geography");
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

describe("reviewing", () => {
  it("goes through the doubtful words: accepts, corrects, corrects everywhere", async () => {
    await open("Geography");
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
    await open("Geography");
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

describe("two tabs of one text", () => {
  it("each undo what was done in them, also after a reload, and a closed one leaves its changes to the other", async () => {
    await open("Geography");
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

describe("versions", () => {
  it("are looked at and restored", async () => {
    await open("Geography");
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

describe("subtitles and downloads", () => {
  it("are shown over the picture, with what breaks the rules", async () => {
    await open("Geography");
    const { page } = browser;
    await page.getByRole("button", { name: "Subtitles" }).click();
    await page.getByText(/49 subtitles, \d+ problems/).waitFor();
    await page.getByLabel("Rules").selectOption("bbc");
    await page.getByRole("button", { name: /0:12 Too many lines/ }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 12.4);
    await page.locator("[class*=cue]", { hasText: "Water is patient" }).waitFor();
  });

  it("come with options", async () => {
    await open("Geography");
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

describe("the waveform", () => {
  it("is a slider: by keys, by clicks, and borders can be pulled", async () => {
    await open("Geography");
    const { page } = browser;
    const slider = page.getByRole("slider", { name: "Place in the recording" });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector("video")?.currentTime === 1);
    const box = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.click(box.x + box.width / 2, box.y + 20);
    await page.waitForFunction(() => Math.abs((document.querySelector("video")?.currentTime ?? 0) - 22.5) < 1);
    await page.getByRole("button", { name: "Play from 0:06" }).click();
    await page.keyboard.press("k");
    const at = (ms: number) => box.x + (box.width * ms) / 45_000;
    await page.mouse.move(at(6400), box.y + 30);
    await page.mouse.down();
    await page.mouse.move(at(7400), box.y + 30, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => Math.abs((jobOf("Geography").text.segments[1]?.start_ms ?? 0) - 7400)).toBeLessThan(150);
  });
});

describe("a link to a moment", () => {
  it("opens the text there and plays", async () => {
    await open("conference");
    const { page } = browser;
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}?t=132.5`);
    await page.locator("[data-segment][class*=current]", { hasText: "Before we go on" }).waitFor();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 132.5);
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}?t=6.4`);
    await page.waitForFunction(() => Math.abs((document.querySelector("video")?.currentTime ?? 0) - 8) < 4);
  });
});

describe("other scripts", () => {
  it("Arabic is edited from right to left", async () => {
    await open("حوار");
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

const kLooks = (["light", "dark"] as const).flatMap((scheme) => [
  { scheme, device: "desk", width: 1280, height: 800 },
  { scheme, device: "phone", width: 360, height: 740 },
]);

describe.each(kLooks)("the editor in $scheme on a $device", ({ scheme, device, width, height }) => {
  it("has nothing that axe objects to, and nothing sticks out", async () => {
    await open("Geography", { scheme, width, height });
    const { page } = browser;
    const found: string[] = [];
    const check = async (name: string) => {
      await page.waitForTimeout(300);
      found.push(...(await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`));
      const overflow = await sidewaysOverflow(page);
      if (overflow > 0) found.push(`${name}: ${overflow} pixels too wide`);
    };
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
