// The jobs of the mock server and the play of each: queued, opened, heard window by window, told in events. A file's name directs
// its play: "no-audio" and "damaged" fail, "silence" has no speech, Cyrillic letters make it Russian. Any model that is not here
// is downloaded first.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isFinal, type Activity, type Job, type Segment } from "../api/types";
import { kModels, segmentsOfWindow } from "./mock-data";
import { EditedText } from "./mock-editing";
import { Refusal } from "./mock-http";

interface MockEvent {
  id: number;
  event: string;
  data: unknown;
}
export interface MockJob {
  job: Job;
  text: EditedText;
  events: MockEvent[];
  streams: Set<ServerResponse>;
}

export interface MockPace {
  windowMs: number; // how long a window of 30 s of sound takes
  durationMs: number; // of uploaded files
}

const kStreamMs = 50_000;

export class MockJobs {
  readonly all: MockJob[] = [];
  readonly downloaded = new Set(kModels.filter((model) => model.is_downloaded).map((model) => model.name));
  private sequence = 1;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly pace: MockPace) {}

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const { streams } of this.all) for (const stream of streams) stream.end();
  }

  find(id: string): MockJob {
    const kept = this.all.find(({ job }) => job.id === id);
    if (!kept) throw new Refusal(404, "not_found", "no such job");
    return kept;
  }

  keep(job: Job, segments: Segment[], first = false): MockJob {
    const kept: MockJob = { job, text: new EditedText(segments), events: [], streams: new Set() };
    if (first) this.all.unshift(kept);
    else this.all.push(kept);
    this.emit(kept, "state", { ...job });
    return kept;
  }

  enqueue(kept: MockJob): void {
    this.change(kept, { state: "queued", queue_position: 0 });
    this.later(this.pace.windowMs, () => this.start(kept));
  }

  private start(kept: MockJob): void {
    if (kept.job.state !== "queued") return;
    this.change(kept, { state: "running", queue_position: null, started_at: new Date().toISOString(), attempts: 1 });
    const model = kModels.find(({ name }) => name === kept.job.settings.model);
    if (model && !this.downloaded.has(model.name)) this.download(kept, model.size_bytes, 0);
    else this.open(kept);
  }

  private download(kept: MockJob, total: number, done: number): void {
    if (kept.job.state !== "running") return;
    if (done >= total) {
      this.downloaded.add(kept.job.settings.model);
      return this.open(kept);
    }
    this.activity(kept, { phase: "downloading_model", bytes_done: done, bytes_total: total });
    this.later(this.pace.windowMs / 2, () => this.download(kept, total, done + total / 8));
  }

  private open(kept: MockJob): void {
    if (kept.job.state !== "running") return;
    this.activity(kept, { phase: "opening_media" });
    this.later(this.pace.windowMs / 2, () => {
      const { name } = kept.job;
      if (name.includes("no-audio")) return this.fail(kept, "no_audio_track", `${name} has no audio track; record it with sound`);
      if (name.includes("damaged")) return this.fail(kept, "damaged_media", `${name}: damaged or incomplete: the index at the end is missing`);
      const language = kept.job.settings.task === "translate" ? "ru" : (kept.job.settings.language ?? (/[а-яё]/i.test(name) ? "ru" : "en"));
      this.change(kept, { duration_ms: this.pace.durationMs, language, activity: { phase: "transcribing" } });
      this.window(kept, 0);
    });
  }

  private fail(kept: MockJob, code: "no_audio_track" | "damaged_media", message: string): void {
    this.change(kept, { state: "failed", activity: null, error: { code, message }, finished_at: new Date().toISOString() });
  }

  private window(kept: MockJob, window: number): void {
    const { job } = kept;
    if (job.state !== "running") return;
    if (window * 30_000 >= this.pace.durationMs) {
      return this.change(kept, { state: "done", activity: null, finished_at: new Date().toISOString() });
    }
    this.later(this.pace.windowMs, () => {
      if (job.state !== "running") return;
      const language = job.settings.task === "translate" ? "en" : (job.language ?? "en");
      const segments = job.name.includes("silence") ? [] : segmentsOfWindow(window, language);
      kept.text.segments.push(...segments);
      job.audio_done_ms = Math.min(this.pace.durationMs, (window + 1) * 30_000);
      job.windows_done = window + 1;
      job.speed = 30_000 / this.pace.windowMs;
      const { audio_done_ms, duration_ms, speed } = job;
      this.emit(kept, "segments", { window, segments, audio_done_ms, duration_ms, speed });
      this.window(kept, window + 1);
    });
  }

  private later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }

  change(kept: MockJob, change: Partial<Job>): void {
    Object.assign(kept.job, change);
    this.emit(kept, "state", { ...kept.job });
  }

  private activity(kept: MockJob, activity: Activity): void {
    kept.job.activity = activity;
    for (const stream of kept.streams) stream.write(`event: activity\ndata: ${JSON.stringify(activity)}\n\n`);
  }

  emit(kept: MockJob, event: string, data: unknown): void {
    const entry = { id: this.sequence++, event, data };
    kept.events.push(entry);
    for (const stream of kept.streams) this.writeEvent(kept, stream, entry);
  }

  private writeEvent(kept: MockJob, stream: ServerResponse, { id, event, data }: MockEvent): void {
    stream.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const isLast = event === "deleted" || (event === "state" && isFinal((data as Job).state));
    if (!isLast) return;
    kept.streams.delete(stream);
    stream.end();
  }

  stream(request: IncomingMessage, response: ServerResponse, id: string): void {
    const kept = this.find(id);
    const after = Number(request.headers["last-event-id"] ?? 0);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 1000\n\n");
    kept.streams.add(response);
    request.on("close", () => kept.streams.delete(response));
    for (const entry of kept.events.filter((event) => event.id > after)) this.writeEvent(kept, response, entry);
    this.later(kStreamMs, () => response.end());
  }
}
