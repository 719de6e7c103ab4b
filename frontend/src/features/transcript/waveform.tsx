// The timeline of the recording: its sound as a waveform with the segments on it, and below it, of a long recording, where that
// stretch lies in the whole. It is one slider: a click or a drag goes to a moment, arrows go by seconds.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { usePeaks } from "../../api/results";
import type { Job, Segment } from "../../api/types";
import { IconButton } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { clock } from "../../lib/time";
import { viewAt, zoomed, zoomedView, type TimeView } from "../../lib/waveform";
import { drawOverview, drawWaveform } from "./waveform-drawing";
import { useSaidSeconds, useSeconds, useWholeMs } from "./use-clock";
import type { Editing } from "./use-editing";
import type { Playback } from "./use-playback";
import { useOverviewPointer, useWavePointer } from "./use-wave-pointer";
import styles from "./waveform.module.css";

interface WaveformProps {
  job: Job;
  segments: readonly Segment[];
  playback: Playback;
  editing: Editing | null; // null: borders stay
}

const kFirstSpanMs = 45_000;
const kLeastSpanMs = 5_000;
const kSteps: Record<string, number> = { ArrowRight: 1000, ArrowUp: 1000, ArrowLeft: -1000, ArrowDown: -1000, PageUp: 10_000, PageDown: -10_000 };

export function Waveform({ job, segments, playback, editing }: WaveformProps) {
  const { t, format } = useI18n();
  const canvas = useRef<HTMLCanvasElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const peaks = usePeaks(job).data ?? null;
  const { media, isPlaying, loop } = playback;
  const wholeMs = useWholeMs(job, media) ?? 0;
  const [spanMs, setSpanMs] = useState(kFirstSpanMs);
  const view = useRef<TimeView>({ fromMs: 0, spanMs: kFirstSpanMs });
  const seconds = useSeconds(media);
  const [saidSeconds, say] = useSaidSeconds(media);
  const current = editing?.cursor.id ?? null;
  const wave = useWavePointer({ view, segments, playback, editing });
  const overview = useOverviewPointer(playback, wholeMs);
  const { isHeld } = wave;

  const draw = useCallback(() => {
    if (!canvas.current || wholeMs === 0) return;
    const atMs = (media?.currentTime ?? 0) * 1000;
    if (!isHeld()) view.current = viewAt(view.current, atMs, wholeMs);
    drawWaveform(canvas.current, { view: view.current, peaks, segments, current, loop, atMs });
    if (strip.current) drawOverview(strip.current, view.current, atMs, wholeMs);
  }, [media, wholeMs, peaks, segments, current, loop, isHeld]);

  useEffect(draw, [draw, spanMs, seconds]);
  useRedraw(canvas, draw, isPlaying);

  const zoom = (by: 1 | -1) => {
    const next = zoomed(view.current.spanMs, by, wholeMs);
    view.current = zoomedView(view.current, next, (media?.currentTime ?? 0) * 1000, wholeMs);
    setSpanMs(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = kSteps[event.key];
    if (event.key === "Home") playback.seek(0);
    else if (event.key === "End") playback.seek(wholeMs);
    else if (step !== undefined) playback.skip(step);
    else if (event.key === "+" || event.key === "=") zoom(-1);
    else if (event.key === "-") zoom(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isWhole = spanMs >= wholeMs;
  return (
    <>
      <div
        className={styles["wave"]}
        role="slider"
        tabIndex={0}
        aria-label={t.waveform.label}
        aria-valuemin={0}
        aria-valuemax={Math.floor(wholeMs / 1000)}
        aria-valuenow={Math.min(saidSeconds, Math.floor(wholeMs / 1000))}
        aria-valuetext={t.waveform.place({ at: format.spokenTime(saidSeconds * 1000), total: format.spokenTime(wholeMs) })}
        aria-disabled={wholeMs === 0 || undefined}
        onFocus={say}
        onKeyDown={onKeyDown}
        {...wave.handlers}
      >
        <canvas ref={canvas} />
      </div>
      <div className={styles["axis"]}>
        <span className={styles["time"]} aria-hidden="true">
          {clock(seconds * 1000)}
        </span>
        {isWhole ? (
          <span className={styles["space"]} />
        ) : (
          <div className={styles["strip"]} ref={strip} title={t.waveform.overview} aria-hidden="true" {...overview}>
            <i />
            <b />
          </div>
        )}
        <span className={styles["time"]} aria-hidden="true">
          {clock(wholeMs)}
        </span>
        <IconButton icon="minus" label={t.waveform.zoomOut} disabled={isWhole} onClick={() => zoom(1)} />
        <IconButton icon="plus" label={t.waveform.zoomIn} disabled={Math.min(spanMs, wholeMs) <= kLeastSpanMs} onClick={() => zoom(-1)} />
      </div>
    </>
  );
}

// With every frame while it plays; else when the size, the theme or the place changes.
function useRedraw(canvas: RefObject<HTMLCanvasElement | null>, draw: () => void, isPlaying: boolean): void {
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function again() {
      draw();
      frame = requestAnimationFrame(again);
    });
    return () => cancelAnimationFrame(frame);
  }, [draw, isPlaying]);
  useEffect(() => {
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const sizes = new ResizeObserver(draw);
    if (canvas.current) sizes.observe(canvas.current);
    scheme.addEventListener("change", draw);
    document.addEventListener("seeked", draw, true);
    return () => {
      themes.disconnect();
      sizes.disconnect();
      scheme.removeEventListener("change", draw);
      document.removeEventListener("seeked", draw, true);
    };
  }, [canvas, draw]);
}
