// Accessibility, as axe-core sees it: what it objects to, in a readable list.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const kAxe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResults {
  violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
}

export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated, not added as a script element: the page's policy forbids inline scripts.
  await page.evaluate(kAxe);
  const results = (await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: unknown) => unknown } }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  )) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
}

// Nothing sticks out to the side.
export async function sidewaysOverflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
