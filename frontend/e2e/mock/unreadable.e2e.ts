// What the browser cannot read is told, and not taken for a lost connection that would be waited for.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeWav } from "../../src/testing/mock-media";
import { dropPaths } from "../support/drop";
import { browser, openHome, served } from "../support/visit";

const folder = mkdtempSync(join(tmpdir(), "video2text-media-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a folder does not come to the server, and the files beside it do", async () => {
  mkdirSync(join(folder, "holidays"));
  writeFileSync(join(folder, "talk.wav"), makeWav(120_000));
  await openHome();
  await dropPaths(browser.page, [join(folder, "holidays"), join(folder, "talk.wav")]);
  await browser.page.getByText("The browser cannot read this file.").waitFor();
  await browser.page.getByText("Done", { exact: true }).waitFor();
  expect(served.mock.jobs.map(({ job }) => job.name)).toEqual(["talk.wav"]);
});

it("a file that is changed while it is sent is not waited for", async () => {
  const path = join(folder, "growing.wav");
  writeFileSync(path, Buffer.alloc(20 * 1024 * 1024, 1));
  await openHome();
  served.mock.uploads.delayMs = 1500;
  await dropPaths(browser.page, [path]);
  await expect.poll(() => [...served.mock.uploads.all.values()][0]?.received ?? 0).toBeGreaterThan(0);
  appendFileSync(path, "more");
  await browser.page.getByText("The browser cannot read this file.").waitFor();
  expect(await browser.page.getByText("No connection to the server").count()).toBe(0);
});
