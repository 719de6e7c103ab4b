// The HTTP contract played in memory, so that the whole page runs without the backend. A file's name directs its play:
// "no-audio" and "damaged" fail, "silence" has no speech, Cyrillic letters make it Russian. Any model that is not here is downloaded first.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../api/errors";
import { hasAllMedia } from "../api/job-view";
import { isFinal, type Activity, type Job, type NewJobSettings, type SearchHit, type TranscriptEdit, type Segment } from "../api/types";
import { kModels, newJob, mockId, seedJobs, seedSegments, segmentsOfWindow } from "./mock-data";
import type { Change } from "../api/edit-overlay";
import { EditedText, EditRefusal, kPresets, mockPeaks, mockSubtitles } from "./mock-editing";
import { makeWav } from "./mock-media";

export interface MockOptions {
  seed?: "full" | "empty";
  windowMs?: number; // how long a window of 30 s of sound takes
  durationMs?: number; // of uploaded files
  mediaFile?: { content: Buffer; type: string };
}

interface MockEvent {
  id: number;
  event: string;
  data: unknown;
}
interface MockJob {
  job: Job;
  text: EditedText;
  events: MockEvent[];
  streams: Set<ServerResponse>;
}
interface MockUpload {
  id: string;
  name: string;
  size: number;
  received: number;
  chunks: Buffer[];
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse, id: string, rest: string) => void | Promise<void>;

const kStreamMs = 50_000;

export class MockServer {
  readonly jobs: MockJob[] = [];
  readonly uploads = new Map<string, MockUpload>();
  isOffline = false; // every request is cut
  uploadDelayMs = 0; // before each piece is accepted
  editDelayMs = 0; // before changes of a text are answered
  isReady = true;
  hasSample = false;
  maxUploadBytes = 20 * 1024 ** 3;
  private sequence = 1;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly options: Required<Omit<MockOptions, "mediaFile">> & Pick<MockOptions, "mediaFile">;
  private readonly downloaded = new Set(kModels.filter((model) => model.is_downloaded).map((model) => model.name));

  constructor(options: MockOptions = {}) {
    this.options = { seed: "empty", windowMs: 700, durationMs: 240_000, ...options };
    if (this.options.seed === "full") for (const job of seedJobs()) this.keep(job, seedSegments(job));
  }

  // Answers requests to the API; false for all others.
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? "/", "http://mock");
    if (!url.pathname.startsWith("/api/v1/")) return false;
    if (this.isOffline) {
      request.socket.destroy();
      return true;
    }
    this.route(request, response, url).catch((error: unknown) => {
      if (response.headersSent) return response.end();
      const refusal = error instanceof Refusal ? error : new Refusal(500, "internal", String(error));
      this.json(response, refusal.status, { error: { code: refusal.code, message: refusal.message, param: null } });
    });
    return true;
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const { streams } of this.jobs) for (const stream of streams) stream.end();
  }

  private async route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, , , noun = "", id = "", verb = "", rest = ""] = url.pathname.split("/");
    const key = `${request.method ?? "GET"} ${noun}${id ? "/id" : ""}${verb ? `/${verb}` : ""}`;
    const isOpen = noun === "session" || noun === "server";
    if (!isOpen && !request.headers["x-v2t-session"] && !url.searchParams.get("session")) {
      throw new Refusal(401, "unauthorized", "no session; call POST /api/v1/session first");
    }
    const handler = this.handlers[key];
    if (!handler) throw new Refusal(404, "not_found", `no such path: ${url.pathname}`);
    await handler(request, response, id, rest);
  }

  private readonly handlers: Record<string, Handler> = {
    "POST session": (request, response) => {
      const known = request.headers["x-v2t-session"];
      this.json(response, 200, { token: known ?? "mocksession", is_new: !known });
    },
    "GET server": (_request, response) =>
      this.json(response, 200, {
        version: "0.1.0",
        default_model: "base",
        max_upload_bytes: this.maxUploadBytes,
        is_ready: this.isReady,
        error: null,
        media_kept_hours: 24,
        transcripts_kept_days: null,
        is_ephemeral: false,
        has_sample: this.hasSample,
        quota: { uploads_at_once: 20, audio_hours_per_day: null, bytes: null },
      }),
    "GET models": (_request, response) => {
      const models = kModels.map((model) => ({ ...model, is_downloaded: this.downloaded.has(model.name) }));
      this.json(response, 200, { models, downloads: [] });
    },
    "POST uploads": (request, response) => this.createUpload(request, response),
    "HEAD uploads/id": (_request, response, id) => {
      const upload = this.upload(id);
      this.tus(response, 200, { "Upload-Offset": upload.received, "Upload-Length": upload.size, "Cache-Control": "no-store" });
    },
    "PATCH uploads/id": (request, response, id) => this.append(request, response, id),
    "GET jobs": (request, response) => {
      const query = new URL(request.url ?? "/", "http://mock").searchParams;
      const states = query.get("state")?.split(",");
      const name = query.get("q")?.toLowerCase() ?? "";
      const fits = ({ job }: MockJob) => job.name.toLowerCase().includes(name) && (!states || states.includes(job.state));
      const jobs = this.jobs.filter(fits).map(({ job }) => job);
      this.json(response, 200, { jobs: jobs.slice(0, Number(query.get("limit") ?? 50)), total: jobs.length });
    },
    "GET search": (request, response) => {
      const query = new URL(request.url ?? "/", "http://mock").searchParams;
      const hits = this.search(query.get("q") ?? "");
      this.json(response, 200, { total: hits.length, hits: hits.slice(0, Number(query.get("limit") ?? 20)) });
    },
    "GET storage": (_request, response) => {
      const media_bytes = this.jobs.reduce((sum, { job }) => sum + (job.upload?.received_bytes ?? 0), 0);
      const text_bytes = this.jobs.reduce((sum, { text }) => sum + JSON.stringify(text.segments).length, 0);
      this.json(response, 200, { media_bytes, text_bytes, jobs: this.jobs.length, quota_bytes: null, disk_free_bytes: 12e9 });
    },
    "POST jobs": async (request, response) => {
      const body = JSON.parse((await readBody(request)).toString()) as { upload: string; settings?: NewJobSettings; source?: string | null };
      const job = this.createJob(body.upload, body.settings ?? {});
      job.source = body.source ?? null;
      this.json(response, 201, job);
    },
    "GET jobs/id": (_request, response, id) => this.json(response, 200, this.find(id).job),
    "PATCH jobs/id": async (request, response, id) => {
      const { name } = JSON.parse((await readBody(request)).toString()) as { name: string };
      this.find(id).job.name = name;
      this.json(response, 200, this.find(id).job);
    },
    "DELETE jobs/id": (_request, response, id) => {
      const kept = this.find(id);
      this.emit(kept, "deleted", { id });
      this.jobs.splice(this.jobs.indexOf(kept), 1);
      response.writeHead(204).end();
    },
    "POST jobs/id/cancel": (_request, response, id) => {
      const kept = this.find(id);
      if (isFinal(kept.job.state)) throw new Refusal(409, "conflict", "the job is finished already");
      this.change(kept, { state: "cancelled", activity: null, queue_position: null, finished_at: new Date().toISOString() });
      this.json(response, 200, kept.job);
    },
    "GET jobs/id/transcript": (request, response, id) => {
      const { job, text } = this.find(id);
      const { name, language, duration_ms, warnings } = job;
      const { model, task } = job.settings;
      const version = Number(new URL(request.url ?? "/", "http://mock").searchParams.get("version") ?? text.version);
      const segments = text.at(version);
      const body = { job: id, version, name, model, language, task, duration_ms, is_complete: job.state === "done", segments, warnings };
      response.setHeader("ETag", `"v${version}"`);
      this.json(response, 200, body);
    },
    "PATCH jobs/id/transcript": async (request, response, id) => {
      const { changes } = JSON.parse((await readBody(request)).toString()) as { changes: Change[] };
      await new Promise((resolve) => setTimeout(resolve, this.editDelayMs));
      this.edit(request, response, id, (text) => text.apply(changes));
    },
    "GET jobs/id/versions": (_request, response, id) => {
      const { job, text } = this.find(id);
      this.json(response, 200, { versions: text.listed(job.finished_at ?? job.created_at) });
    },
    "POST jobs/id/versions": (request, response, id, version) => this.edit(request, response, id, (text) => text.restore(Number(version))),
    "GET jobs/id/peaks": (_request, response, id) => {
      const { job, text } = this.find(id);
      this.json(response, 200, job.duration_ms ? mockPeaks(text.segments, job.duration_ms) : { peak_ms: 50, is_complete: false, peaks: [] });
    },
    "GET jobs/id/subtitles": (request, response, id) =>
      this.json(response, 200, mockSubtitles(this.find(id).text.segments, new URL(request.url ?? "/", "http://mock").searchParams)),
    "GET subtitle-presets": (_request, response) => this.json(response, 200, { presets: kPresets }),
    "GET jobs/id/exports": (_request, response, id, format) => {
      const { job, text } = this.find(id);
      const { segments } = text;
      const name = encodeURIComponent(job.name.replace(/\.[^.]+$/, "") + `.${format}`);
      response.setHeader("Content-Disposition", `attachment; filename="transcript.${format}"; filename*=UTF-8''${name}`);
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.end(segments.map((segment, index) => `${index + 1}\n00:00:00,000 --> 00:00:05,000\n${segment.text}\n`).join("\n"));
    },
    "GET jobs/id/media": (request, response, id) => this.sendMedia(request, response, id),
    "GET jobs/id/events": (request, response, id) => this.stream(request, response, id),
  };

  private edit(request: IncomingMessage, response: ServerResponse, id: string, act: (text: EditedText) => TranscriptEdit): void {
    const kept = this.find(id);
    const wanted = request.headers["if-match"];
    if (!wanted) throw new Refusal(428, "precondition_required", "send If-Match with the ETag of the transcript, or *");
    if (wanted !== "*" && wanted !== `"v${kept.text.version}"`) {
      response.setHeader("ETag", `"v${kept.text.version}"`);
      throw new Refusal(412, "stale", `the text is at version ${kept.text.version} by now; read it again and repeat the change`);
    }
    const answer = this.refusing(() => act(kept.text));
    kept.job.version = answer.version;
    this.emit(kept, "edited", { version: answer.version });
    response.setHeader("ETag", `"v${answer.version}"`);
    this.json(response, 200, answer);
  }

  private refusing<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof EditRefusal) throw new Refusal(409, "conflict", error.message);
      throw error;
    }
  }

  private search(query: string): SearchHit[] {
    const wanted = query.toLowerCase();
    return this.jobs.flatMap(({ job, text }) =>
      text.segments.flatMap((segment) => {
        const at = wanted === "" ? -1 : segment.text.toLowerCase().indexOf(wanted);
        if (at < 0) return [];
        const end = at + wanted.length;
        const parts = [
          { text: segment.text.slice(0, at), match: false },
          { text: segment.text.slice(at, end), match: true },
          { text: segment.text.slice(end), match: false },
        ].filter((part) => part.text !== "");
        return [{ job: job.id, name: job.name, segment: segment.id, start_ms: segment.start_ms, at_ms: segment.start_ms, parts }];
      }),
    );
  }

  private createUpload(request: IncomingMessage, response: ServerResponse): void {
    const size = Number(request.headers["upload-length"]);
    if (size > this.maxUploadBytes) throw new Refusal(413, "too_large", `the file has ${size} bytes; this server takes at most ${this.maxUploadBytes}`);
    const encoded = /filename ([^,]*)/.exec(String(request.headers["upload-metadata"] ?? ""))?.[1] ?? "";
    const upload = { id: mockId(), name: Buffer.from(encoded, "base64").toString(), size, received: 0, chunks: [] };
    this.uploads.set(upload.id, upload);
    this.tus(response, 201, { Location: `/api/v1/uploads/${upload.id}`, "Upload-Offset": 0 });
  }

  private async append(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const upload = this.upload(id);
    const body = await readBody(request);
    await new Promise((resolve) => setTimeout(resolve, this.uploadDelayMs));
    if (this.isOffline) return void request.socket.destroy();
    if (Number(request.headers["upload-offset"]) !== upload.received) throw new Refusal(409, "conflict", "another offset is expected");
    upload.chunks.push(body);
    upload.received += body.length;
    this.tus(response, 204, { "Upload-Offset": upload.received });
    for (const kept of this.jobs) {
      if (kept.job.upload?.id !== id) continue;
      kept.job.upload.received_bytes = upload.received;
      if (upload.received === upload.size && kept.job.state === "uploading") this.enqueue(kept);
    }
  }

  private createJob(uploadId: string, settings: NewJobSettings): Job {
    const upload = this.uploads.get(uploadId);
    const earlier = this.jobs.find(({ job }) => job.upload?.id === uploadId);
    if (!upload && !earlier) throw new Refusal(404, "not_found", "no such upload");
    const base = newJob({ name: upload?.name ?? earlier?.job.name ?? "media" });
    base.settings = { ...base.settings, ...settings, language: settings.language ?? null };
    base.upload = upload
      ? { id: uploadId, received_bytes: upload.received, size_bytes: upload.size }
      : { ...(earlier as MockJob).job.upload! };
    base.state = "uploading";
    const kept = this.keep(base, [], true);
    if (hasAllMedia(base)) this.enqueue(kept);
    return kept.job;
  }

  private keep(job: Job, segments: Segment[], first = false): MockJob {
    const kept: MockJob = { job, text: new EditedText(segments), events: [], streams: new Set() };
    if (first) this.jobs.unshift(kept);
    else this.jobs.push(kept);
    this.emit(kept, "state", { ...job });
    return kept;
  }

  // ---- the play of one job
  private enqueue(kept: MockJob): void {
    this.change(kept, { state: "queued", queue_position: 0 });
    this.later(this.options.windowMs, () => this.start(kept));
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
    this.later(this.options.windowMs / 2, () => this.download(kept, total, done + total / 8));
  }

  private open(kept: MockJob): void {
    if (kept.job.state !== "running") return;
    this.activity(kept, { phase: "opening_media" });
    this.later(this.options.windowMs / 2, () => {
      const { name } = kept.job;
      if (name.includes("no-audio")) return this.fail(kept, "no_audio_track", `${name} has no audio track; record it with sound`);
      if (name.includes("damaged")) return this.fail(kept, "damaged_media", `${name}: damaged or incomplete: the index at the end is missing`);
      const language = kept.job.settings.task === "translate" ? "ru" : (kept.job.settings.language ?? (/[а-яё]/i.test(name) ? "ru" : "en"));
      this.change(kept, { duration_ms: this.options.durationMs, language, activity: { phase: "transcribing" } });
      this.window(kept, 0);
    });
  }

  private fail(kept: MockJob, code: "no_audio_track" | "damaged_media", message: string): void {
    this.change(kept, { state: "failed", activity: null, error: { code, message }, finished_at: new Date().toISOString() });
  }

  private window(kept: MockJob, window: number): void {
    const { job } = kept;
    if (job.state !== "running") return;
    if (window * 30_000 >= this.options.durationMs) {
      return this.change(kept, { state: "done", activity: null, finished_at: new Date().toISOString() });
    }
    this.later(this.options.windowMs, () => {
      if (job.state !== "running") return;
      const language = job.settings.task === "translate" ? "en" : (job.language ?? "en");
      const segments = job.name.includes("silence") ? [] : segmentsOfWindow(window, language);
      kept.text.segments.push(...segments);
      job.audio_done_ms = Math.min(this.options.durationMs, (window + 1) * 30_000);
      job.windows_done = window + 1;
      job.speed = 30_000 / this.options.windowMs;
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

  private change(kept: MockJob, change: Partial<Job>): void {
    Object.assign(kept.job, change);
    this.emit(kept, "state", { ...kept.job });
  }

  private activity(kept: MockJob, activity: Activity): void {
    kept.job.activity = activity;
    for (const stream of kept.streams) stream.write(`event: activity\ndata: ${JSON.stringify(activity)}\n\n`);
  }

  // ---- events
  private emit(kept: MockJob, event: string, data: unknown): void {
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

  private stream(request: IncomingMessage, response: ServerResponse, id: string): void {
    const kept = this.find(id);
    const after = Number(request.headers["last-event-id"] ?? 0);
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 1000\n\n");
    kept.streams.add(response);
    request.on("close", () => kept.streams.delete(response));
    for (const entry of kept.events.filter((event) => event.id > after)) this.writeEvent(kept, response, entry);
    this.later(kStreamMs, () => response.end());
  }

  // ---- media
  private sendMedia(request: IncomingMessage, response: ServerResponse, id: string): void {
    const { job } = this.find(id);
    const uploaded = this.uploads.get(job.upload?.id ?? "");
    const media = this.options.mediaFile ?? { content: makeWav(job.duration_ms ?? 60_000), type: "audio/wav" };
    if (uploaded && uploaded.received < uploaded.size) throw new Refusal(409, "conflict", "the upload is not complete");
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const from = Number(range?.[1] ?? 0);
    const to = range?.[2] ? Math.min(Number(range[2]), media.content.length - 1) : media.content.length - 1;
    response.writeHead(range ? 206 : 200, {
      "Content-Type": media.type,
      "Accept-Ranges": "bytes",
      "Content-Length": to - from + 1,
      ...(range ? { "Content-Range": `bytes ${from}-${to}/${media.content.length}` } : {}),
    });
    response.end(media.content.subarray(from, to + 1));
  }

  // ---- small things
  private find(id: string): MockJob {
    const kept = this.jobs.find(({ job }) => job.id === id);
    if (!kept) throw new Refusal(404, "not_found", "no such job");
    return kept;
  }

  private upload(id: string): MockUpload {
    const upload = this.uploads.get(id);
    if (!upload) throw new Refusal(404, "not_found", "no such upload");
    return upload;
  }

  private json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" }).end(JSON.stringify(body));
  }

  private tus(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
    response.writeHead(status, { "Tus-Resumable": "1.0.0", ...headers }).end();
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
