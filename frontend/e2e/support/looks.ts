// Both languages and colours, on a desk and on a phone, and what must be right in each of them: nothing that axe objects to, nothing sticks out.
import type { Page } from "playwright-core";
import { kLocales } from "../../src/i18n/i18n";
import { accessibilityProblems, sidewaysOverflow } from "./axe";

export const kLooks = kLocales.flatMap((locale) =>
  (["light", "dark"] as const).flatMap((scheme) => [
    { locale, scheme, device: "desk", width: 1280, height: 800, touch: false },
    { locale, scheme, device: "phone", width: 360, height: 740, touch: true },
  ]),
);

const kSettleMs = 300;

export async function lookOver(page: Page, name: string): Promise<string[]> {
  await page.waitForTimeout(kSettleMs);
  const found = (await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`);
  const overflow = await sidewaysOverflow(page);
  return overflow > 0 ? [...found, `${name}: ${overflow} pixels too wide`] : found;
}
