// The player in a browser: its timeline, its controls, and what it says when it cannot play.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { PageOptions } from "../support/browser";
import { accessibilityProblems } from "../support/axe";
import { jobOf, openText, rows, textsOf } from "../support/editor";
import { begin, browser, served } from "../support/visit";

const kVideo = { content: readFileSync(new URL("../../../tools/sample/sample.mp4", import.meta.url)), type: "video/mp4" };

async function openVideo(options: PageOptions = {}, mediaFile = kVideo): Promise<void> {
  await begin({ seed: "full", mediaFile }, options);
  await browser.page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}`);
  await rows().first().waitFor();
}

const video = <T>(read: (video: HTMLVideoElement) => T) => browser.page.locator("video").evaluate(read as (video: SVGElement | HTMLElement) => T);
const control = (name: string) => browser.page.getByRole("group", { name: "Playback" }).getByRole("button", { name, exact: true });
const slider = () => browser.page.getByRole("slider", { name: "Place in the recording" });
const note = () => browser.page.getByRole("status").filter({ visible: true });

describe("the controls", () => {
  it("are the page's own, by mouse: play, pause, back, forward, speed, loudness", async () => {
    await openVideo();
    expect(await video(({ controls }) => controls)).toBe(false);
    await control("Play").click();
    await control("Pause").waitFor();
    await control("Pause").click();
    const before = await video(({ currentTime }) => currentTime);
    await control("5 seconds forward").click();
    await expect.poll(() => video(({ currentTime }) => currentTime)).toBeCloseTo(before + 5, 0);
    await control("5 seconds back").click();
    await expect.poll(() => video(({ currentTime }) => currentTime)).toBeCloseTo(before, 0);
    await browser.page.getByLabel("Playback speed").selectOption("1.5");
    expect(await video(({ playbackRate }) => playbackRate)).toBe(1.5);
    await control("Mute").click();
    expect(await video(({ muted }) => muted)).toBe(true);
    await browser.page.getByRole("slider", { name: "Volume" }).fill("0.4");
    expect(await video(({ muted, volume }) => [muted, volume])).toEqual([false, 0.4]);
    await browser.page.locator("video").click();
    await control("Pause").waitFor();
  });

  it("remember loudness and captions for the next recording", async () => {
    await openVideo();
    await browser.page.getByRole("slider", { name: "Volume" }).fill("0.25");
    await control("Captions").click();
    await browser.page.reload();
    await rows().first().waitFor();
    expect(await video(({ volume }) => volume)).toBe(0.25);
    expect(await control("Captions").getAttribute("aria-pressed")).toBe("true");
  });

  it("have keys, and those of the text rest while the picture fills the screen", async () => {
    await openVideo();
    const { page } = browser;
    await page.keyboard.press("v");
    expect(await video(({ muted }) => muted)).toBe(true);
    await page.keyboard.press("c");
    expect(await control("Captions").getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("f");
    await control("Leave full screen").waitFor();
    await page.keyboard.press("l");
    await expect.poll(() => video(({ currentTime }) => currentTime)).toBe(5);
    await page.keyboard.press("Shift+Delete");
    await page.keyboard.press("m");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("f");
    await control("Full screen").waitFor();
    expect(served.mock.jobs.some(({ job }) => job.version > 0)).toBe(false);
  });

  it.each([
    { width: 320, touch: true },
    { width: 320, touch: false },
    { width: 900, touch: false },
  ])("are all in sight on $width pixels, by touch: $touch", async (options) => {
    await openVideo(options);
    const hidden = await browser.page.locator("[data-player]").evaluate((player) => {
      const { left, right } = player.getBoundingClientRect();
      const boxes = [...player.querySelectorAll("button, select")].map((element) => element.getBoundingClientRect());
      return boxes.filter((box) => box.left < left || box.right > right || box.width < 24).length;
    });
    expect(hidden).toBe(0);
  });

  it("of sound alone have no black box and nothing for a picture", async () => {
    await openText("Geography");
    await control("Play").waitFor();
    await browser.page.getByText("There is no picture to show").waitFor();
    expect(await browser.page.locator("video").isVisible()).toBe(false);
    expect(await control("Captions").count()).toBe(0);
    expect(await control("Full screen").count()).toBe(0);
  });
});

describe("captions", () => {
  const shown = () => video(({ textTracks }) => [...(textTracks[0]?.activeCues ?? [])].map((cue) => (cue as VTTCue).text).join(" "));

  it("are the words of the text at their time, also after a change", async () => {
    await openVideo();
    const { page } = browser;
    await control("Captions").click();
    await page.getByRole("button", { name: "Play from 0:06" }).click();
    await page.keyboard.press("k");
    await expect.poll(shown).toBe(textsOf("Geography")[1]);
    await page.keyboard.press("e");
    await page.keyboard.type(" Yes.");
    await page.keyboard.press("Enter");
    await expect.poll(() => textsOf("Geography")[1]).toMatch(/ Yes\.$/);
    await expect.poll(shown).toBe(textsOf("Geography")[1]);
    await page.getByRole("button", { name: "Play from 0:12" }).click();
    await page.keyboard.press("k");
    const cues = await video(({ textTracks }) => [...(textTracks[0]?.cues ?? [])].map((cue) => (cue as VTTCue).text));
    const long = textsOf("Geography")[2] ?? "";
    expect(long.startsWith(cues[2] ?? "?")).toBe(true);
    expect(cues[2]?.length).toBeLessThan(long.length);
    await control("Captions").click();
    expect(await video(({ textTracks }) => textTracks[0]?.mode)).toBe("disabled");
  });

  it("give way to the subtitles by rules", async () => {
    await openVideo();
    await control("Captions").click();
    await browser.page.getByRole("button", { name: "Subtitles" }).click();
    await browser.page.getByRole("button", { name: "Play from 0:06" }).click();
    await browser.page.locator("[class*=cue]", { hasText: "Today we look" }).waitFor();
    expect(await video(({ textTracks }) => textTracks[0]?.mode)).toBe("disabled");
  });
});

describe("the waveform", () => {
  it("is a slider: by keys, by clicks, and borders can be pulled", async () => {
    await openText("Geography");
    const { page } = browser;
    await slider().focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector("video")?.currentTime === 1);
    const box = (await slider().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
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

describe("the timeline", () => {
  it("shows where the stretch lies in the whole, and goes anywhere in it", async () => {
    await openText("conference");
    const box = (await browser.page.getByTitle("The whole recording").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await browser.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(async () => Math.abs((await video(({ currentTime }) => currentTime)) - 300)).toBeLessThan(5);
    while (await browser.page.getByRole("button", { name: "Zoom out" }).isEnabled()) await browser.page.getByRole("button", { name: "Zoom out" }).click();
    expect(await browser.page.getByTitle("The whole recording").count()).toBe(0);
  });

  it("says the time in words where somebody goes, and is silent while it plays", async () => {
    await openText("Geography");
    const { page } = browser;
    await page.getByRole("button", { name: "Play from 1:00" }).click();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 63);
    expect(await slider().getAttribute("aria-valuetext")).toBe("1 minute of 5 minutes");
    await slider().focus();
    expect(await slider().getAttribute("aria-valuetext")).toMatch(/^1 minute [3-9] seconds of 5 minutes$/);
    await control("Pause").click();
    await slider().press("End");
    await expect.poll(() => slider().getAttribute("aria-valuetext")).toBe("5 minutes of 5 minutes");
    await slider().press("Home");
    await expect.poll(() => slider().getAttribute("aria-valuetext")).toBe("0 seconds of 5 minutes");
  });
});

describe("a recording that does not play", () => {
  const play = { name: "Play my copy of the file" };

  it("because the browser does not know its kind, is said, and can be downloaded", async () => {
    await openVideo({}, { content: Buffer.from("no film"), type: "video/mp4" });
    await note().getByText("This browser cannot play this file.").waitFor();
    expect(await browser.page.getByRole("link", { name: "Download the file" }).getAttribute("href")).toMatch(/\/media\?session=/);
    expect(await browser.page.getByRole("button", play).isVisible()).toBe(true);
    expect(await accessibilityProblems(browser.page)).toEqual([]);
  });

  it("because it is not kept any more, is said, and another copy can be played", async () => {
    await begin({ seed: "full", mediaFile: kVideo });
    jobOf("Geography").job.upload = null;
    await browser.page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}`);
    await note().getByText("The media is no longer on the server.").waitFor();
    const chooser = browser.page.waitForEvent("filechooser");
    await browser.page.getByRole("button", play).click();
    await (await chooser).setFiles({ name: "copy.mp4", mimeType: kVideo.type, buffer: kVideo.content });
    await control("Play").click();
    await control("Pause").waitFor();
  });

  it("because it is not there, though the job says so, or not whole yet, is said", async () => {
    await begin({ seed: "full" });
    const { page } = browser;
    let status = 404;
    await page.route(/\/media/, (route) => route.fulfill({ status, body: "{}" }));
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}`);
    await note().getByText("The media is no longer on the server.").waitFor();
    status = 409;
    await page.reload();
    await note().getByText("You can play it here once the upload is complete.").waitFor();
    await page.goto(`${served.origin}/#/jobs/${jobOf("Лекция").job.id}`);
    await note().getByText("You can play it here once the upload is complete.").waitFor();
  });

  it("because the server does not answer, is said, and plays when it is tried again", async () => {
    await begin({ seed: "full", mediaFile: kVideo });
    const { page } = browser;
    await page.route(/\/media/, (route) => route.abort());
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}`);
    await note().getByText("The recording cannot be loaded now.").waitFor();
    await page.unroute(/\/media/);
    await page.getByRole("button", { name: "Try again" }).click();
    await control("Play").click();
    await control("Pause").waitFor();
  });
});

describe("a link to a moment", () => {
  it("opens the text there and plays", async () => {
    await openText("conference");
    const { page } = browser;
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}?t=132.5`);
    await page.locator("[data-segment][class*=current]", { hasText: "Before we go on" }).waitFor();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) >= 132.5);
    await page.goto(`${served.origin}/#/jobs/${jobOf("Geography").job.id}?t=6.4`);
    await page.waitForFunction(() => Math.abs((document.querySelector("video")?.currentTime ?? 0) - 8) < 4);
  });
});
