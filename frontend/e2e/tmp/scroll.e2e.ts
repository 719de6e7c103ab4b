import { it } from "vitest";
import { openBrowser } from "../support/browser";
import { serveMock } from "../support/serve";
it("measures", async () => {
  const served = await serveMock({ seed: "full" });
  const browser = await openBrowser(served.origin);
  const { page } = browser;
  const id = served.mock.jobs.find(({ job }) => job.name.startsWith("conference"))?.job.id;
  const t0 = Date.now();
  await page.goto(`${served.origin}/#/jobs/${id}`);
  await page.locator("[data-segment]").first().waitFor();
  console.log("open ms", Date.now() - t0, "segments", await page.locator("[data-segment]").count());
  await page.waitForTimeout(1500);
  for (const playing of [false, true]) {
    if (playing) await page.locator("[data-text]").first().click();
    const frames = await page.evaluate(async () => {
      const height = document.documentElement.scrollHeight;
      const times: number[] = [];
      let last = performance.now();
      const start = last;
      await new Promise<void>((resolve) => {
        function step(now: number) {
          times.push(now - last);
          last = now;
          window.dispatchEvent(new WheelEvent("wheel"));
          window.scrollTo(0, ((now - start) / 8000) * height);
          if (now - start < 8000) requestAnimationFrame(step);
          else resolve();
        }
        requestAnimationFrame(step);
      });
      times.sort((a, b) => a - b);
      const at = (q: number) => Math.round((times[Math.floor(times.length * q)] ?? 0) * 10) / 10;
      return { frames: times.length, median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(0.9999), height };
    });
    console.log(playing ? "playing" : "still", JSON.stringify(frames));
  }
  await browser.close();
  await served.close();
}, 60000);
