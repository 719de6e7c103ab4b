// The editor of a job of the mock's library: opening it, finding its lines, and what the server keeps of them.
import type { Locator } from "playwright-core";
import type { PageOptions } from "./browser";
import { begin, browser, served, words } from "./visit";

export const jobOf = (name: string) => served.mock.jobs.find(({ job }) => job.name.startsWith(name)) as (typeof served.mock.jobs)[number];
export const textsOf = (name: string) => jobOf(name).text.segments.map(({ text }) => text);
export const rows = () => browser.page.locator("[data-segment]");
export const field = () => browser.page.getByRole("textbox", { name: words.editor.textLabel });
export const saved = () => browser.page.getByText(words.editor.save.saved, { exact: true }).waitFor();
export const recognised = () => browser.page.getByRole("listitem").filter({ hasText: words.versions.recognised });

export async function openText(name: string, options: PageOptions = {}): Promise<void> {
  await begin({ seed: "full" }, options);
  await browser.page.goto(`${served.origin}/#/jobs/${jobOf(name).job.id}`);
  await rows().first().waitFor();
}

export async function edit(row: Locator): Promise<void> {
  await row.hover();
  await row.getByRole("button", { name: words.editor.edit }).click();
  await field().waitFor();
}
