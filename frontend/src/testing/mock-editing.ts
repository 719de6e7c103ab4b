// How the mock server edits texts, keeps their versions and shapes subtitles: in small, what the real one does.
import type { Change, Word } from "../api/edit-overlay";
import type { Segment, SubtitlePreset, SubtitleProblem, SubtitleRules, Subtitles, TranscriptEdit, TranscriptVersion } from "../api/types";
import { clampWords, joinWords, retimeWords } from "../lib/word-times";
import { makeSegment } from "./mock-data";

export interface KeptVersion extends TranscriptVersion {
  segments: Segment[];
}

export class EditRefusal extends Error {}

function withWords(segment: Segment, words: Word[]): Segment {
  return { ...segment, words, text: joinWords(words), kind: "speech" };
}

function changed(segment: Segment, change: Extract<Change, { segment: number }>): Segment {
  const { text, words, start_ms = segment.start_ms, end_ms = segment.end_ms } = change as { text?: string; words?: Word[]; start_ms?: number; end_ms?: number };
  const span = { ...segment, start_ms, end_ms, edited: true };
  if (words) return withWords(span, words);
  if (text !== undefined) return { ...span, text, words: text === "" ? [] : retimeWords(span.words, text, span), kind: text === "" ? span.kind : "speech" };
  return { ...span, words: clampWords(span.words, span) };
}

export class EditedText {
  segments: Segment[];
  readonly versions: KeptVersion[] = [];
  private nextId: number;

  constructor(recognised: Segment[]) {
    this.segments = recognised;
    this.nextId = 1_000_000;
  }

  get version(): number {
    return this.versions.length;
  }

  private readonly gone = new Map<number, Segment>();

  // Throws EditRefusal and changes nothing when a change does not fit.
  apply(changes: readonly Change[]): TranscriptEdit {
    const next = new Map(this.segments.map((segment) => [segment.id, segment]));
    const touched = new Set<number>();
    const removed = new Set<number>();
    for (const change of changes) {
      if ("insert" in change) {
        const id = change.insert.id ?? this.nextId++;
        next.set(id, this.inserted(id, change));
        touched.add(id);
        removed.delete(id);
        continue;
      }
      const segment = next.get(change.segment);
      if (!segment) throw new EditRefusal(`there is no segment ${change.segment}; read the transcript again`);
      if ("delete" in change) {
        next.delete(segment.id);
        this.gone.set(segment.id, segment);
        touched.delete(segment.id);
        removed.add(segment.id);
      } else {
        next.set(segment.id, changed(segment, change));
        touched.add(segment.id);
      }
    }
    const segments = [...next.values()].sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
    if (segments.some((segment, index) => segment.start_ms < (segments[index - 1]?.end_ms ?? 0))) throw new EditRefusal("the times overlap");
    this.take(segments, "edit", touched.size + removed.size, null);
    return { version: this.version, segments: segments.filter(({ id }) => touched.has(id)), removed: [...removed] };
  }

  restore(version: number): TranscriptEdit {
    const wanted = this.at(version);
    const before = new Map(this.segments.map((segment) => [segment.id, segment]));
    const after = new Set(wanted.map(({ id }) => id));
    const segments = wanted.filter((segment) => before.get(segment.id) !== segment);
    const removed = [...before.keys()].filter((id) => !after.has(id));
    this.take(wanted, "restore", segments.length + removed.length, version);
    return { version: this.version, segments, removed };
  }

  at(version: number): Segment[] {
    if (version === this.version) return this.segments;
    return (version === 0 ? this.recognised : this.versions[version - 1]?.segments) ?? [];
  }

  listed(createdAt: string): TranscriptVersion[] {
    const edits = this.versions.map(({ version, created_at, kind, n_changes, restored }) => ({ version, created_at, kind, n_changes, restored }));
    return [...edits.reverse(), { version: 0, created_at: createdAt, kind: "recognised", n_changes: 0, restored: null }];
  }

  private recognised: Segment[] | null = null;

  private take(segments: Segment[], kind: "edit" | "restore", n_changes: number, restored: number | null): void {
    this.recognised ??= this.segments;
    this.segments = segments;
    this.versions.push({ version: this.version + 1, created_at: new Date().toISOString(), kind, n_changes, restored, segments });
  }

  private inserted(id: number, { insert }: Extract<Change, { insert: unknown }>): Segment {
    const { start_ms, end_ms, text, words, language = null } = insert;
    const blank = { ...makeSegment(0, start_ms, end_ms - start_ms, ""), id, language, edited: true, words: [] };
    const known = this.gone.get(id);
    const window = known?.window ?? 0;
    if (words) return { ...withWords(blank, words), window };
    return { ...blank, window, text, words: text === "" ? [] : retimeWords([], text, blank) };
  }
}

// ---- subtitles
const rules = (line_columns: number, max_cps: number, min_ms: number, gap_ms: number): SubtitleRules => ({
  line_columns,
  max_lines: 2,
  max_cps,
  min_ms,
  max_ms: 7000,
  gap_ms,
});

export const kPresets: SubtitlePreset[] = [
  { name: "standard", source: "video2text", rules: rules(42, 20, 1000, 80) },
  { name: "netflix", source: "Netflix Timed Text Style Guide", rules: rules(42, 17, 833, 83) },
  { name: "bbc", source: "BBC Subtitle Guidelines", rules: rules(37, 15, 1000, 80) },
];

function linesOf(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function mockSubtitles(segments: readonly Segment[], query: URLSearchParams): Subtitles {
  const preset = kPresets.find(({ name }) => name === query.get("preset")) ?? kPresets[0];
  const wanted = { ...(preset as SubtitlePreset).rules };
  for (const key of Object.keys(wanted) as (keyof SubtitleRules)[]) if (query.has(key)) wanted[key] = Number(query.get(key));
  const cues = segments
    .filter(({ text }) => text !== "")
    .map(({ start_ms, end_ms, text }) => ({ start_ms, end_ms, lines: linesOf(text, wanted.line_columns), cps: Math.round((text.length * 10_000) / (end_ms - start_ms)) / 10 }));
  const problems = cues.flatMap(({ cps, lines, start_ms, end_ms }, cue): SubtitleProblem[] => [
    ...(cps > wanted.max_cps ? [{ cue, kind: "too_fast" as const, value: cps, limit: wanted.max_cps }] : []),
    ...(lines.length > wanted.max_lines ? [{ cue, kind: "too_many_lines" as const, value: lines.length, limit: wanted.max_lines }] : []),
    ...(end_ms - start_ms < wanted.min_ms ? [{ cue, kind: "too_short" as const, value: end_ms - start_ms, limit: wanted.min_ms }] : []),
  ]);
  return { rules: wanted, cues, problems };
}

// Louder while somebody speaks.
export function mockPeaks(segments: readonly Segment[], durationMs: number) {
  const peak_ms = durationMs > 3_600_000 ? 500 : 50;
  const peaks = new Array<number>(Math.ceil(durationMs / peak_ms)).fill(4);
  for (const { start_ms, end_ms } of segments) {
    for (let at = Math.floor(start_ms / peak_ms); at < end_ms / peak_ms && at < peaks.length; at++) {
      peaks[at] = Math.round(30 + 150 * Math.abs(Math.sin(at * 0.7) * Math.cos(at * 0.13)) + 40 * Math.abs(Math.sin(at * 2.3)));
    }
  }
  return { peak_ms, is_complete: true, peaks };
}
