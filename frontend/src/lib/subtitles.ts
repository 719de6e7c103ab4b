// A transcript as text to copy, and as captions for the page's own player.
import { clock } from "./time";
import type { TimedSegment } from "./timeline";

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

export function asVtt(segments: readonly TimedSegment[]): string {
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const cues = segments.map((s) => `${vttTime(s.start_ms)} --> ${vttTime(s.end_ms)}\n${escape(s.text).replace(/\s*\n\s*/g, " ")}\n`);
  return `WEBVTT\n\n${cues.join("\n")}`;
}
