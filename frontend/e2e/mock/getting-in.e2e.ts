// Getting files in: only the sound of a video travels; the microphone is recorded.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessibilityProblems, sidewaysOverflow } from "../support/axe";
import { dropFiles, fileFromDisk } from "../support/drop";
import { browser, openHome } from "../support/visit";

const folder = mkdtempSync(join(tmpdir(), "video2text-media-"));

// Noise, which no encoder makes small: 5 MB of picture, 100 KB of sound.
beforeAll(() => {
  execFileSync("ffmpeg", [
    ..."-nostdin -loglevel error -y -f lavfi -i nullsrc=s=320x240:r=10:d=8,geq=random(1)*255:128:128 -f lavfi -i sine=300:d=8".split(" "),
    ..."-c:v libx264 -preset ultrafast -b:v 5M -pix_fmt yuv420p -c:a aac -b:a 96k -shortest".split(" "),
    join(folder, "film.mp4"),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const film = () => fileFromDisk(join(folder, "film.mp4"), "film.mp4", "video/mp4");
const lengthOfUpload = async () => {
  const request = await browser.page.waitForRequest((one) => one.method() === "POST" && one.url().endsWith("/api/v1/uploads"));
  return Number(request.headers()["upload-length"]);
};

it("sends only the sound of a video, and plays the user's own copy", async () => {
  await openHome();
  const { page } = browser;
  const length = lengthOfUpload();
  await dropFiles(page, [film()]);
  expect(await length).toBeLessThan(200_000);
  await page.getByRole("heading", { name: "film.mp4" }).waitFor();
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) === 320);
  await page.reload();
  await page.getByText("Done", { exact: true }).waitFor(); // until then the details are open
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByText(/^only the sound: .* instead of /).waitFor();
});

it("sends the whole video when the user wants that", async () => {
  await openHome();
  const { page } = browser;
  await page.getByLabel("Send only the sound of videos").uncheck();
  const length = lengthOfUpload();
  await dropFiles(page, [film()]);
  expect(await length).toBe(film().content.length);
});

it("records the microphone, and makes a file of it", async () => {
  await openHome({}, { microphone: true });
  const { page } = browser;
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByText("0:02").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Finish and convert" }).click();
  await page.getByRole("heading", { name: /^Recording .*weba$/ }).waitFor();
  await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1);
});

it("says what to do where the microphone is refused, on a phone too", async () => {
  await openHome({}, { width: 360, height: 740 });
  const { page } = browser;
  await browser.context.clearPermissions();
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByRole("alert").filter({ hasText: "microphone" }).waitFor();
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
});
