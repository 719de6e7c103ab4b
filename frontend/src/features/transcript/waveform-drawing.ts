// Paints a waveform: the segments as fields, the sound as bars, the loop and the place of the player.
import type { Peaks, Segment } from "../../api/types";
import { lastStartedIndex } from "../../lib/timeline";
import { barsOf, type TimeView } from "../../lib/waveform";
import type { Loop } from "./use-playback";

export interface Scene {
  view: TimeView;
  peaks: Peaks | null;
  segments: readonly Segment[];
  current: number | null;
  loop: Loop | null;
  atMs: number;
}

// Where the player is in the whole, and which stretch the waveform shows.
export function drawOverview(strip: HTMLElement, { fromMs, spanMs }: TimeView, atMs: number, wholeMs: number): void {
  const share = (ms: number) => `${(100 * Math.min(1, ms / wholeMs)).toFixed(2)}%`;
  strip.style.setProperty("--played", share(atMs));
  strip.style.setProperty("--from", share(fromMs));
  strip.style.setProperty("--span", share(spanMs));
}

const kBarPx = 2;
const kStepPx = 3;

export function drawWaveform(canvas: HTMLCanvasElement, scene: Scene): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const brush = canvas.getContext("2d");
  if (!brush || width === 0) return;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`);
  const { fromMs, spanMs } = scene.view;
  const x = (ms: number) => ((ms - fromMs) * width) / spanMs;
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);

  drawSegments();
  drawBars();
  if (scene.loop) {
    brush.fillStyle = colour("good");
    brush.fillRect(x(scene.loop.start_ms), height - 3, x(scene.loop.end_ms) - x(scene.loop.start_ms), 3);
  }
  brush.fillStyle = colour("bad");
  brush.fillRect(Math.round(x(scene.atMs)) - 1, 0, 2, height);

  function drawSegments(): void {
    const first = Math.max(0, lastStartedIndex(scene.segments, fromMs));
    for (let i = first; i < scene.segments.length; i++) {
      const segment = scene.segments[i];
      if (!segment || !brush || segment.start_ms > fromMs + spanMs) break;
      const [left, right] = [x(segment.start_ms), x(segment.end_ms)];
      const isCurrent = segment.id === scene.current;
      brush.fillStyle = colour(isCurrent ? "spoken" : segment.kind === "unintelligible" ? "warn-soft" : "accent-soft");
      brush.fillRect(left, 0, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), height);
      if (!isCurrent) continue;
      brush.fillStyle = colour("accent");
      brush.fillRect(left, 0, 2, height);
      brush.fillRect(right - 2, 0, 2, height);
    }
  }

  function drawBars(): void {
    if (!brush) return;
    const count = Math.ceil(width / kStepPx);
    const bars = scene.peaks ? barsOf(scene.peaks, fromMs, fromMs + spanMs, count) : new Array<number>(count).fill(0);
    const played = x(scene.atMs);
    const [before, after] = [colour("accent"), colour("line-strong")];
    bars.forEach((loudness, bar) => {
      const tall = Math.max(2, loudness * (height - 8));
      brush.fillStyle = bar * kStepPx < played ? before : after;
      brush.fillRect(bar * kStepPx, (height - tall) / 2, kBarPx, tall);
    });
  }
}
