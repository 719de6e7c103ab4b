// A test's visit to the page, with the mock behind it. It ends with the test, and nothing may have gone wrong in the page by then.
import { afterEach, expect } from "vitest";
import type { Messages } from "../../src/i18n/en";
import { kMessages } from "../../src/i18n/i18n";
import type { MockOptions } from "../../src/testing/mock-server";
import { openBrowser, type Browser, type PageOptions } from "./browser";
import { serveMock, type Served } from "./serve";

export let served: Served;
export let browser: Browser;
export let words: Messages; // of the page, in its language

// The browser stands on a blank page yet. `origin`: what the page may ask; the mock's where there is none.
export async function begin(mock: MockOptions, options: PageOptions = {}, origin?: string): Promise<void> {
  words = kMessages[options.locale ?? "en"];
  served = await serveMock(mock);
  browser = await openBrowser(origin ?? served.origin, options);
}

// The first screen, on a server without files unless `mock` says otherwise.
export async function openHome(mock: MockOptions = {}, options: PageOptions = {}): Promise<void> {
  await begin({ seed: "empty", windowMs: 150, durationMs: 120_000, ...mock }, options);
  await browser.page.goto(served.origin);
  await browser.page.getByRole("main").waitFor(); // a key that is pressed earlier goes nowhere
}

afterEach(async () => {
  await browser.close();
  await served.close();
  expect(browser.problems).toEqual([]);
});
