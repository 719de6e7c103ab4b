// Every screen in both themes, both languages, on a phone and on a desk: `npm run screenshots` puts them into screenshots/.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import { openBrowser } from "../support/browser";
import { serveMock, type Served } from "../support/serve";

const kOut = new URL("../../screenshots/", import.meta.url).pathname;
const kSample = process.env["V2T_SAMPLE"] ?? new URL("../../../tools/sample/sample.mp4", import.meta.url).pathname;
const only = new RegExp(process.env["V2T_SHOTS"] ?? ""); // of the file's name, to redo a few

const kLooks = (["en", "ru"] as const).flatMap((locale) =>
  (["light", "dark"] as const).flatMap((scheme) => [
    { locale, scheme, device: "desk", width: 1280, height: 860 },
    { locale, scheme, device: "phone", width: 390, height: 844 },
  ]),
);

let full: Served;
let afterShot: (() => Promise<void>) | null = null;
let empty: Served;

beforeAll(async () => {
  mkdirSync(kOut, { recursive: true });
  const mediaFile = existsSync(kSample) ? { content: readFileSync(kSample), type: "video/mp4" } : undefined;
  const media = mediaFile ? { mediaFile } : {};
  full = await serveMock({ seed: "full", windowMs: 900, durationMs: 600_000, ...media });
  empty = await serveMock({ seed: "empty", ...media });
  empty.mock.hasSample = true;
});
afterAll(async () => {
  await full.close();
  await empty.close();
});

function idOf(name: string): string {
  return full.mock.jobs.find(({ job }) => job.name.startsWith(name))?.job.id ?? "";
}

async function openJob(page: Page, name: string): Promise<void> {
  await page.goto(`${full.origin}/#/jobs/${idOf(name)}`);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForTimeout(500);
}

const textOf = (locale: "en" | "ru") => (locale === "ru" ? "Совещание" : "Geography");

async function openText(page: Page, locale: "en" | "ru"): Promise<void> {
  await openJob(page, textOf(locale));
  await page.locator("[data-segment]").first().waitFor();
}

// On a wide screen one of the panels is open already.
async function openPanel(page: Page, name: string): Promise<void> {
  const button = page.locator("button[aria-expanded]", { hasText: name });
  await button.waitFor();
  if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
}

const kScreens: Record<string, (page: Page, locale: "en" | "ru") => Promise<void>> = {
  first: async (page) => {
    await page.goto(empty.origin);
    await page.getByRole("heading", { level: 2 }).waitFor();
  },
  finer: async (page, locale) => {
    await page.goto(empty.origin);
    await page.getByText(locale === "ru" ? "Для трудных записей" : "For difficult recordings").click();
    await page.getByLabel(locale === "ru" ? "Какие языки" : "Languages that").selectOption("ru");
    await page.getByLabel(locale === "ru" ? "Какие языки" : "Languages that").selectOption("en");
  },
  found: async (page, locale) => {
    await page.goto(`${full.origin}/#/search?q=${locale === "ru" ? "запись" : "patient"}`);
    await page.locator("mark").first().waitFor();
  },
  library: async (page) => {
    await page.goto(full.origin);
    await page.getByRole("link", { name: /Geography/ }).waitFor();
  },
  text: async (page, locale) => {
    await openJob(page, locale === "ru" ? "Совещание" : "Geography");
    await page.locator("[data-text]").nth(2).click({ position: { x: 60, y: 12 } });
    await page.waitForTimeout(900);
    await page.keyboard.press("k");
  },
  search: async (page, locale) => {
    await openJob(page, locale === "ru" ? "Совещание" : "Geography");
    await page.getByRole("searchbox").fill(locale === "ru" ? "запись" : "river");
    await page.waitForTimeout(300);
  },
  download: async (page, locale) => {
    await openJob(page, locale === "ru" ? "Совещание" : "Geography");
    await page.getByRole("button", { name: locale === "ru" ? "Скачать" : "Download" }).click();
  },
  reviewing: async (page, locale) => {
    await openText(page, locale);
    await openPanel(page, locale === "ru" ? "Проверка" : "Review");
    await page.getByRole("button", { name: locale === "ru" ? "Начать проверку" : "Start reviewing" }).click();
    await page.waitForTimeout(400);
  },
  editing: async (page, locale) => {
    await openText(page, locale);
    await page.locator("[data-segment]").nth(2).locator("[data-edit]").click({ force: true });
    await page.waitForTimeout(400);
  },
  subtitles: async (page, locale) => {
    await openText(page, locale);
    await openPanel(page, locale === "ru" ? "Субтитры" : "Subtitles");
    await page.locator("video").evaluate((video: HTMLVideoElement) => void (video.currentTime = 8));
    await page.waitForTimeout(500);
  },
  versions: async (page, locale) => {
    await openText(page, locale);
    const { text } = full.mock.jobs.find(({ job }) => job.id === idOf(textOf(locale))) as (typeof full.mock.jobs)[number];
    if (text.version === 0) text.apply([{ segment: text.segments[2]?.id ?? 0, text: locale === "ru" ? "Начнём со сроков." : "Water is patient." }]);
    await page.reload();
    await openPanel(page, locale === "ru" ? "Версии" : "Versions");
    await page.getByRole("button", { name: locale === "ru" ? "Посмотреть" : "Look" }).first().click();
    await page.waitForTimeout(400);
  },
  exporting: async (page, locale) => {
    await openText(page, locale);
    await page.getByRole("button", { name: locale === "ru" ? "Скачать" : "Download" }).click();
    await page.getByRole("menuitem").last().click();
    await page.getByRole("radio", { name: /^SRT/ }).check();
  },
  shortcuts: async (page, locale) => {
    await openText(page, locale);
    await page.keyboard.press("Shift+?");
    await page.getByRole("dialog").waitFor();
  },
  running: async (page, locale) => {
    await page.goto(full.origin);
    const name = locale === "ru" ? "Лекция 5. Ледники.wav" : "Lecture 5. Glaciers.wav";
    await page.locator("input[type=file]").first().setInputFiles({ name, mimeType: "audio/wav", buffer: makeWav(600_000) });
    await page.locator("[data-text]").nth(12).waitFor();
    await page.waitForTimeout(300);
  },
  interrupted: (page) => openJob(page, "Лекция 4"),
  failed: (page) => openJob(page, "screen recording"),
  nospeech: (page) => openJob(page, "forest"),
  arabic: (page) => openJob(page, "حوار"),
  missing: async (page) => {
    await page.goto(`${full.origin}/#/jobs/aaaaaaaaaaaaaaaaaaaaaaaaaa`);
    await page.getByRole("alert").waitFor();
  },
  undo: async (page, locale) => {
    await page.goto(full.origin);
    await page.getByRole("link", { name: /podcast/ }).waitFor();
    await page.getByRole("group", { name: /podcast/ }).getByRole("button", { name: locale === "ru" ? "Удалить" : "Delete" }).click();
    await page.waitForTimeout(300);
    afterShot = () => page.getByRole("button", { name: locale === "ru" ? "Вернуть" : "Undo" }).click();
  },
  offline: async (page, locale) => {
    await page.goto(full.origin);
    await page.getByRole("link", { name: /Geography/ }).waitFor();
    full.mock.isOffline = true;
    await page.getByText(locale === "ru" ? "Нет связи" : "No connection").waitFor();
    full.mock.isOffline = false;
  },
};

describe.each(kLooks)("$locale $scheme $device", ({ locale, scheme, device, width, height }) => {
  it("draws every screen", async () => {
    const browser = await openBrowser("http://127.0.0.1", { width, height, locale, scheme });
    try {
      for (const [name, open] of Object.entries(kScreens)) {
        const file = `${name}-${device}-${scheme}-${locale}.png`;
        if (!only.test(file)) continue;
        await open(browser.page, locale);
        const isWhole = ["first", "finer", "library", "running", "interrupted", "text"].includes(name) && device === "phone";
        await browser.page.screenshot({ path: kOut + file, fullPage: isWhole, animations: "disabled" });
        await afterShot?.();
        afterShot = null;
      }
      expect(browser.problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
