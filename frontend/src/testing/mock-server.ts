// The HTTP contract played in memory, so that the whole page runs without the backend.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Change } from "../api/edit-overlay";
import { hasAllMedia } from "../api/job-view";
import { isFinal, type Job, type NewJobSettings, type SearchHit, type TranscriptEdit } from "../api/types";
import { kModels, newJob, seedJobs, seedSegments } from "./mock-data";
import { EditRefusal, kPresets, mockPeaks, mockSubtitles, type EditedText } from "./mock-editing";
import { readBody, Refusal, sendJson } from "./mock-http";
import { MockJobs, type MockJob, type MockPace } from "./mock-jobs";
import { makeWav, sendInRanges, type MediaFile } from "./mock-media";
import { MockUploads } from "./mock-uploads";

export interface MockOptions extends Partial<MockPace> {
  seed?: "full" | "empty";
  mediaFile?: MediaFile;
}

type Handler = (request: IncomingMessage, response: ServerResponse, id: string, rest: string) => void | Promise<void>;

export class MockServer {
  isOffline = false; // every request is cut
  editDelayMs = 0; // before changes of a text are answered
  isReady = true;
  hasSample = false;
  readonly uploads = new MockUploads();
  private readonly play: MockJobs;
  private readonly mediaFile: MediaFile | undefined;

  constructor({ seed = "empty", windowMs = 700, durationMs = 240_000, mediaFile }: MockOptions = {}) {
    this.play = new MockJobs({ windowMs, durationMs });
    this.mediaFile = mediaFile;
    if (seed === "full") for (const job of seedJobs()) this.play.keep(job, seedSegments(job));
  }

  get jobs(): MockJob[] {
    return this.play.all;
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
      sendJson(response, refusal.status, { error: { code: refusal.code, message: refusal.message, param: null } });
    });
    return true;
  }

  close(): void {
    this.play.close();
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
      sendJson(response, 200, { token: known ?? "mocksession", is_new: !known });
    },
    "GET server": (_request, response) =>
      sendJson(response, 200, {
        version: "0.1.0",
        default_model: "base",
        max_upload_bytes: this.uploads.mostBytes,
        is_ready: this.isReady,
        error: null,
        media_kept_hours: 24,
        transcripts_kept_days: null,
        is_ephemeral: false,
        has_sample: this.hasSample,
        quota: { uploads_at_once: 20, audio_hours_per_day: null, bytes: null },
      }),
    "GET models": (_request, response) => {
      const models = kModels.map((model) => ({ ...model, is_downloaded: this.play.downloaded.has(model.name) }));
      sendJson(response, 200, { models, downloads: [] });
    },
    "POST uploads": (request, response) => this.uploads.create(request, response),
    "HEAD uploads/id": (_request, response, id) => this.uploads.tell(response, id),
    "PATCH uploads/id": (request, response, id) => this.append(request, response, id),
    "GET jobs": (request, response) => {
      const query = new URL(request.url ?? "/", "http://mock").searchParams;
      const states = query.get("state")?.split(",");
      const name = query.get("q")?.toLowerCase() ?? "";
      const fits = ({ job }: MockJob) => job.name.toLowerCase().includes(name) && (!states || states.includes(job.state));
      const jobs = this.jobs.filter(fits).map(({ job }) => job);
      sendJson(response, 200, { jobs: jobs.slice(0, Number(query.get("limit") ?? 50)), total: jobs.length });
    },
    "GET search": (request, response) => {
      const query = new URL(request.url ?? "/", "http://mock").searchParams;
      const hits = this.search(query.get("q") ?? "");
      sendJson(response, 200, { total: hits.length, hits: hits.slice(0, Number(query.get("limit") ?? 20)) });
    },
    "GET storage": (_request, response) => {
      const media_bytes = this.jobs.reduce((sum, { job }) => sum + (job.upload?.received_bytes ?? 0), 0);
      const text_bytes = this.jobs.reduce((sum, { text }) => sum + JSON.stringify(text.segments).length, 0);
      sendJson(response, 200, { media_bytes, text_bytes, jobs: this.jobs.length, quota_bytes: null, disk_free_bytes: 12e9 });
    },
    "POST jobs": async (request, response) => {
      const body = JSON.parse((await readBody(request)).toString()) as { upload: string; settings?: NewJobSettings; source?: string | null };
      const job = this.createJob(body.upload, body.settings ?? {});
      job.source = body.source ?? null;
      sendJson(response, 201, job);
    },
    "GET jobs/id": (_request, response, id) => sendJson(response, 200, this.play.find(id).job),
    "PATCH jobs/id": async (request, response, id) => {
      const { name } = JSON.parse((await readBody(request)).toString()) as { name: string };
      this.play.find(id).job.name = name;
      sendJson(response, 200, this.play.find(id).job);
    },
    "DELETE jobs/id": (_request, response, id) => {
      const kept = this.play.find(id);
      this.play.emit(kept, "deleted", { id });
      this.jobs.splice(this.jobs.indexOf(kept), 1);
      response.writeHead(204).end();
    },
    "POST jobs/id/cancel": (_request, response, id) => {
      const kept = this.play.find(id);
      if (isFinal(kept.job.state)) throw new Refusal(409, "conflict", "the job is finished already");
      this.play.change(kept, { state: "cancelled", activity: null, queue_position: null, finished_at: new Date().toISOString() });
      sendJson(response, 200, kept.job);
    },
    "GET jobs/id/transcript": (request, response, id) => {
      const { job, text } = this.play.find(id);
      const { name, language, duration_ms, warnings } = job;
      const { model, task } = job.settings;
      const version = Number(new URL(request.url ?? "/", "http://mock").searchParams.get("version") ?? text.version);
      const segments = text.at(version);
      const body = { job: id, version, name, model, language, task, duration_ms, is_complete: job.state === "done", segments, warnings };
      response.setHeader("ETag", `"v${version}"`);
      sendJson(response, 200, body);
    },
    "PATCH jobs/id/transcript": async (request, response, id) => {
      const { changes } = JSON.parse((await readBody(request)).toString()) as { changes: Change[] };
      await new Promise((resolve) => setTimeout(resolve, this.editDelayMs));
      this.edit(request, response, id, (text) => text.apply(changes));
    },
    "GET jobs/id/versions": (_request, response, id) => {
      const { job, text } = this.play.find(id);
      sendJson(response, 200, { versions: text.listed(job.finished_at ?? job.created_at) });
    },
    "POST jobs/id/versions": (request, response, id, version) => this.edit(request, response, id, (text) => text.restore(Number(version))),
    "GET jobs/id/peaks": (_request, response, id) => {
      const { job, text } = this.play.find(id);
      sendJson(response, 200, job.duration_ms ? mockPeaks(text.segments, job.duration_ms) : { peak_ms: 50, is_complete: false, peaks: [] });
    },
    "GET jobs/id/subtitles": (request, response, id) =>
      sendJson(response, 200, mockSubtitles(this.play.find(id).text.segments, new URL(request.url ?? "/", "http://mock").searchParams)),
    "GET subtitle-presets": (_request, response) => sendJson(response, 200, { presets: kPresets }),
    "GET jobs/id/exports": (_request, response, id, format) => {
      const { job, text } = this.play.find(id);
      const { segments } = text;
      const name = encodeURIComponent(job.name.replace(/\.[^.]+$/, "") + `.${format}`);
      response.setHeader("Content-Disposition", `attachment; filename="transcript.${format}"; filename*=UTF-8''${name}`);
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.end(segments.map((segment, index) => `${index + 1}\n00:00:00,000 --> 00:00:05,000\n${segment.text}\n`).join("\n"));
    },
    "GET jobs/id/media": (request, response, id) => this.sendMedia(request, response, id),
    "HEAD jobs/id/media": (request, response, id) => this.sendMedia(request, response, id),
    "GET jobs/id/events": (request, response, id) => this.play.stream(request, response, id),
  };

  private edit(request: IncomingMessage, response: ServerResponse, id: string, act: (text: EditedText) => TranscriptEdit): void {
    const kept = this.play.find(id);
    const wanted = request.headers["if-match"];
    if (!wanted) throw new Refusal(428, "precondition_required", "send If-Match with the ETag of the transcript, or *");
    if (wanted !== "*" && wanted !== `"v${kept.text.version}"`) {
      response.setHeader("ETag", `"v${kept.text.version}"`);
      throw new Refusal(412, "stale", `the text is at version ${kept.text.version} by now; read it again and repeat the change`);
    }
    const answer = this.refusing(() => act(kept.text));
    kept.job.version = answer.version;
    this.play.emit(kept, "edited", { version: answer.version });
    response.setHeader("ETag", `"v${answer.version}"`);
    sendJson(response, 200, answer);
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

  private async append(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    if (!(await this.uploads.append(request, response, id, () => this.isOffline))) return;
    const { received, size } = this.uploads.find(id);
    for (const kept of this.jobs) {
      if (kept.job.upload?.id !== id) continue;
      kept.job.upload.received_bytes = received;
      if (received === size && kept.job.state === "uploading") this.play.enqueue(kept);
    }
  }

  private createJob(uploadId: string, settings: NewJobSettings): Job {
    const upload = this.uploads.all.get(uploadId);
    const earlier = this.jobs.find(({ job }) => job.upload?.id === uploadId);
    if (!upload && !earlier) throw new Refusal(404, "not_found", "no such upload");
    const base = newJob({ name: upload?.name ?? earlier?.job.name ?? "media" });
    base.settings = { ...base.settings, ...settings, language: settings.language ?? null };
    base.upload = upload
      ? { id: uploadId, received_bytes: upload.received, size_bytes: upload.size }
      : { ...(earlier as MockJob).job.upload! };
    base.state = "uploading";
    const kept = this.play.keep(base, [], true);
    if (hasAllMedia(base)) this.play.enqueue(kept);
    return kept.job;
  }

  private sendMedia(request: IncomingMessage, response: ServerResponse, id: string): void {
    const { job } = this.play.find(id);
    if (!job.upload) throw new Refusal(404, "not_found", "the media is not kept any more");
    if (!hasAllMedia(job)) throw new Refusal(409, "conflict", "the upload is not complete");
    sendInRanges(request, response, this.mediaFile ?? { content: makeWav(job.duration_ms ?? 60_000), type: "audio/wav" });
  }
}
