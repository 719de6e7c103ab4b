// Walking through the page by the Tab key alone, with an eye on the focus: it must be seen, and nothing may lie over it (WCAG 2.4.7, 2.4.11).
import type { Page } from "playwright-core";

const kMostSteps = 120;

interface Stop {
  name: string; // of what has the focus now, as readers say it
  isSeen: boolean;
  isCovered: boolean;
}

async function stopHere(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    if (!element || element === document.body) return { name: "", isSeen: true, isCovered: false };
    const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement ? [...(element.labels ?? [])] : [];
    const name = element.getAttribute("aria-label") ?? (labels.length > 0 ? labels.map((label) => label.textContent).join(" ") : (element.textContent ?? ""));
    const outlined = [element, element.parentElement].some((each) => each !== null && getComputedStyle(each).outlineStyle !== "none" && parseFloat(getComputedStyle(each).outlineWidth) >= 2);
    const box = element.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
    const hit = document.elementFromPoint(box.left + box.width / 2, Math.min(window.innerHeight - 1, Math.max(0, box.top + Math.min(box.height / 2, 20))));
    return { name: name.trim(), isSeen: outlined && inView, isCovered: inView && hit !== null && !element.contains(hit) && !hit.contains(element) };
  });
}

// Presses Tab until the wanted thing has the focus. What cannot be seen on the way goes into `problems`.
export async function tabTo(page: Page, wanted: RegExp, problems: string[], key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < kMostSteps; step++) {
    await page.keyboard.press(key);
    const { name, isSeen, isCovered } = await stopHere(page);
    seen.push(name);
    if (!isSeen) problems.push(`the focus is not seen on “${name}”`);
    if (isCovered) problems.push(`something lies over “${name}”, which has the focus`);
    if (wanted.test(name)) return;
  }
  throw new Error(`no Tab leads to ${String(wanted)}; it went through: ${seen.join(" | ")}`);
}
