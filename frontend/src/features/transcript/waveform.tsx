// The sound as a waveform with the segments on it. It is a slider: a click or a drag goes to a moment, arrows go by seconds; the
// current segment's borders can be pulled.
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from "react";
import { usePeaks } from "../../api/results";
import type { Job, Segment } from "../../api/types";
import { IconButton } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { clock } from "../../lib/time";
import { lastStartedIndex } from "../../lib/timeline";
import { viewAt, zoomed, zoomedView, type TimeView } from "../../lib/waveform";
import { drawWaveform, type Scene } from "./waveform-drawing";
import styles from "./waveform.module.css";
import type { Editing } from "./use-editing";
import type { Playback } from "./use-playback";

interface WaveformProps {
  job: Job;
  segments: readonly Segment[];
  playback: Playback;
  editing: Editing | null; // null: borders stay
  children: ReactNode; // buttons below it, before the place and after
  after: ReactNode;
}

const kFirstSpanMs = 45_000;
const kGripPx = 7;

type Grip = { id: number; edge: "start" | "end" };

export function Waveform({ job, segments, playback, editing, children, after }: WaveformProps) {
  const { t } = useI18n();
  const canvas = useRef<HTMLCanvasElement>(null);
  const peaks = usePeaks(job).data ?? null;
  const { media, isPlaying, loop } = playback;
  const wholeMs = useWholeMs(job, media);
  const [spanMs, setSpanMs] = useState(kFirstSpanMs);
  const view = useRef<TimeView>({ fromMs: 0, spanMs: kFirstSpanMs });
  const grip = useRef<Grip | "seek" | null>(null);
  const seconds = useSeconds(media);
  const current = editing?.cursor.id ?? null;

  const draw = useCallback(() => {
    if (!canvas.current || !wholeMs) return;
    const atMs = (media?.currentTime ?? 0) * 1000;
    if (grip.current === null) view.current = viewAt(view.current, atMs, wholeMs);
    const scene: Scene = { view: view.current, peaks, segments, current, loop, atMs };
    drawWaveform(canvas.current, scene);
  }, [media, wholeMs, peaks, segments, current, loop]);

  useEffect(draw, [draw, spanMs, seconds]);
  useRedraw(canvas, draw, isPlaying);

  if (!wholeMs || !media) {
    return (
      <div className={styles["zoom"]}>
        {children}
        <span className={styles["place"]} />
        {after}
      </div>
    );
  }
  const msAt = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return view.current.fromMs + share * view.current.spanMs;
  };
  const gripAt = (event: PointerEvent): Grip | null => {
    const segment = editing && segments.find(({ id }) => id === current);
    if (!segment) return null;
    const reachMs = (kGripPx * view.current.spanMs) / event.currentTarget.getBoundingClientRect().width;
    const ms = msAt(event);
    if (Math.abs(ms - segment.start_ms) < reachMs) return { id: segment.id, edge: "start" };
    return Math.abs(ms - segment.end_ms) < reachMs ? { id: segment.id, edge: "end" } : null;
  };
  const onPointerDown = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = gripAt(event) ?? "seek";
    if (grip.current === "seek") playback.seek(msAt(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const held = grip.current;
    event.currentTarget.style.cursor = (held && held !== "seek") || (!held && gripAt(event)) ? "ew-resize" : "";
    if (held === "seek") playback.seek(msAt(event));
    else if (held && editing) {
      const segment = segments.find(({ id }) => id === held.id);
      const ms = msAt(event);
      if (segment) editing.setTimes(held.id, held.edge === "start" ? ms : segment.start_ms, held.edge === "end" ? ms : segment.end_ms, `drag ${held.id} ${held.edge}`);
    }
  };
  const onPointerUp = (event: PointerEvent) => {
    const segment = grip.current === "seek" ? segments[lastStartedIndex(segments, msAt(event))] : undefined;
    grip.current = null;
    if (segment && editing && editing.cursor.caret === null) editing.look(segment.id);
    draw();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowRight: 1000, ArrowUp: 1000, ArrowLeft: -1000, ArrowDown: -1000, PageUp: 10_000, PageDown: -10_000 };
    const move = moves[event.key];
    if (event.key === "Home") playback.seek(0);
    else if (event.key === "End") playback.seek(wholeMs);
    else if (move !== undefined) playback.skip(move);
    else if (event.key === "+" || event.key === "=") zoom(-1);
    else if (event.key === "-") zoom(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const zoom = (by: 1 | -1) => {
    const next = zoomed(view.current.spanMs, by, wholeMs);
    view.current = zoomedView(view.current, next, media.currentTime * 1000, wholeMs);
    setSpanMs(next);
  };
  const place = t.waveform.place({ at: clock(seconds * 1000), total: clock(wholeMs) });
  return (
    <div className={styles["box"]}>
      <div
        className={styles["wave"]}
        role="slider"
        tabIndex={0}
        aria-label={t.waveform.label}
        aria-valuemin={0}
        aria-valuemax={Math.floor(wholeMs / 1000)}
        aria-valuenow={Math.min(seconds, Math.floor(wholeMs / 1000))}
        aria-valuetext={place}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} />
      </div>
      <div className={styles["zoom"]}>
        {children}
        <span className={styles["place"]} aria-hidden="true">
          {clock(seconds * 1000)} <i>/ {clock(wholeMs)}</i>
        </span>
        <IconButton icon="minus" label={t.waveform.zoomOut} disabled={spanMs >= wholeMs} onClick={() => zoom(1)} />
        <IconButton icon="plus" label={t.waveform.zoomIn} disabled={spanMs <= 5_000} onClick={() => zoom(-1)} />
        {after}
      </div>
    </div>
  );
}

function useWholeMs(job: Job, media: HTMLMediaElement | null): number | null {
  const [ofMedia, setOfMedia] = useState<number | null>(null);
  useEffect(() => {
    if (!media) return;
    const read = () => setOfMedia(Number.isFinite(media.duration) && media.duration > 0 ? media.duration * 1000 : null);
    read();
    media.addEventListener("durationchange", read);
    return () => media.removeEventListener("durationchange", read);
  }, [media]);
  return ofMedia ?? job.duration_ms;
}

// The player's time in whole seconds: often enough for words, seldom enough for readers.
function useSeconds(media: HTMLMediaElement | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!media) return;
    const read = () => setSeconds(Math.floor(media.currentTime));
    read();
    for (const event of ["timeupdate", "seeked"]) media.addEventListener(event, read);
    return () => {
      for (const event of ["timeupdate", "seeked"]) media.removeEventListener(event, read);
    };
  }, [media]);
  return seconds;
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
