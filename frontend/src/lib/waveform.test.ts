// What a waveform shows: bars out of peaks, and the window of time that follows the player; times as people type them.
import { describe, expect, it } from "vitest";
import { parseClock, preciseClock } from "./time";
import { barsOf, viewAt, zoomed, zoomedView } from "./waveform";

describe("bars", () => {
  it("are the loudest peak of their part, and silence after the last peak", () => {
    const peaks = { peak_ms: 100, peaks: [0, 255, 51, 0] };
    expect(barsOf(peaks, 0, 400, 2)).toEqual([1, 0.2]);
    expect(barsOf(peaks, 200, 600, 2)).toEqual([0.2, 0]);
  });
});

describe("the view", () => {
  it("stays while the player is inside and turns like a page when it leaves", () => {
    const view = { fromMs: 0, spanMs: 10_000 };
    expect(viewAt(view, 5_000, 60_000)).toBe(view);
    expect(viewAt(view, 12_000, 60_000)).toEqual({ fromMs: 11_200, spanMs: 10_000 });
    expect(viewAt(view, 59_999, 60_000)).toEqual({ fromMs: 50_000, spanMs: 10_000 });
    expect(viewAt({ fromMs: 0, spanMs: 45_000 }, 1_000, 14_000)).toEqual({ fromMs: 0, spanMs: 14_000 });
  });
  it("zooms around the player, up to the whole", () => {
    expect(zoomed(45_000, -1, 600_000)).toBe(15_000);
    expect(zoomed(180_000, 1, 600_000)).toBe(600_000);
    expect(zoomed(5_000, -1, 600_000)).toBe(5_000);
    expect(zoomedView({ fromMs: 0, spanMs: 40_000 }, 20_000, 20_000, 600_000)).toEqual({ fromMs: 10_000, spanMs: 20_000 });
  });
});

describe("times", () => {
  it("are read as people write them", () => {
    expect(["7.25", "0:07,25", "1:02:03", " 12:34.5 "].map(parseClock)).toEqual([7250, 7250, 3_723_000, 754_500]);
    expect(["", "abc", "1:2:3:4", "-5"].map(parseClock)).toEqual([null, null, null, null]);
  });
  it("are shown to the hundredth and read back as they were", () => {
    expect([0, 7_254, 3_723_999].map(preciseClock)).toEqual(["0:00.00", "0:07.25", "1:02:04.00"]);
    expect(parseClock(preciseClock(754_500))).toBe(754_500);
  });
});
