// A transcript as text to copy, and as captions for the page's own player.
import { clock } from "./time";
import { wordRanges, type TimedSegment } from "./timeline";

export function asPlainText(segments: readonly TimedSegment[]): string {
  return segments.map((segment) => segment.text).join("\n");
}

export function asTimedText(segments: readonly TimedSegment[]): string {
  return segments.map((segment) => `[${clock(segment.start_ms)}] ${segment.text}`).join("\n");
}

function vttTime(ms: number): string {
  const pad = (value: number, width: number) => String(value).padStart(width, "0");
  const whole = Math.max(0, Math.round(ms));
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  return `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(Math.floor(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
}

interface Caption {
  start_ms: number;
  end_ms: number;
  text: string;
}

const kCaptionLetters = 84; // two lines of 42

// A long segment as captions of about the same length, each cut before a word and shown when that word is said.
function captionsOf({ start_ms, end_ms, text, words }: TimedSegment): Caption[] {
  const share = text.length / Math.max(1, Math.ceil(text.length / kCaptionLetters));
  const starts = [{ at: 0, start_ms }];
  wordRanges(text, words).forEach((range, index) => {
    if (range && range.start >= starts.length * share && range.start > 0) starts.push({ at: range.start, start_ms: words[index]?.start_ms ?? start_ms });
  });
  return starts.map((start, index) => {
    const next = starts[index + 1];
    return { start_ms: start.start_ms, end_ms: next?.start_ms ?? end_ms, text: text.slice(start.at, next?.at).trim() };
  });
}

export function asVtt(segments: readonly TimedSegment[]): string {
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const captions = segments.flatMap(captionsOf).filter(({ text }) => text !== "");
  const cues = captions.map(({ start_ms, end_ms, text }) => `${vttTime(start_ms)} --> ${vttTime(end_ms)}\n${escape(text).replace(/\s*\n\s*/g, " ")}\n`);
  return `WEBVTT\n\n${cues.join("\n")}`;
}
