// Editing one job's text: changes show at once, are kept on this device until the server has them, and can be undone, also
// after a reload. Sent in the order of their making, one request at a time, on the version that they were made on.
import type { QueryClient } from "@tanstack/react-query";
import { backoffMs } from "../lib/backoff";
import { invert, isSameSegment, type Edit, type EditableSegment } from "../lib/edits";
import { readJson, storedKeys, writeText } from "../lib/storage";
import { Store } from "../lib/store";
import { client, unwrap } from "./client";
import { onRestored } from "./connection";
import { kNoHistory, remembering, stillStands, type History } from "./edit-history";
import { changeOf, inSendingOrder, kNoOverlay, laidOver, withEdit, type Change, type Overlay, type OverlayEntry } from "./edit-overlay";
import { ApiError, asApiError } from "./errors";
import { keys } from "./query-client";
import { fetchTranscript } from "./transcript";
import type { Job, Transcript, TranscriptEdit } from "./types";

export type SaveState = "saved" | "waiting" | "saving" | "offline" | "conflict" | "failed";

export interface Conflict {
  id: number;
  mine: EditableSegment | null; // null: deleted
  theirs: EditableSegment | null;
}

export interface EditState {
  overlay: Overlay;
  history: History;
  save: SaveState;
  error: ApiError | null; // why it failed
  conflicts: readonly Conflict[];
}

const kSendAfterMs = 800;
const kMaxChanges = 2000; // of one request
const kMaxRequestCharacters = 400_000; // the server takes a million bytes
const kMaxKeptCharacters = 2_000_000; // browsers give about five million to a site
const kStoragePrefix = "v2t.edits.";
const kNothing: EditState = { overlay: kNoOverlay, history: kNoHistory, save: "saved", error: null, conflicts: [] };

interface Kept {
  overlay: [number, OverlayEntry][];
  history: History;
  aliases: [number, number][];
  nextId: number;
}

function isKeptForm(value: unknown): value is Kept {
  const kept = value as Kept | null;
  return Array.isArray(kept?.overlay) && Array.isArray(kept.history?.undo) && Array.isArray(kept.aliases) && typeof kept.nextId === "number";
}

export class EditSession {
  readonly state: Store<EditState>;
  private readonly aliases: Map<number, number>; // the server's id of a segment made here -> the id that the page knows it by
  private nextId: number;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private inFlight: ReadonlySet<number> = new Set();
  private sending: Promise<void> | null = null;
  private failures = 0;
  private rebases = 0;
  private isKept = true; // whether it would survive the page

  constructor(
    private readonly jobId: string,
    private readonly queryClient: QueryClient,
  ) {
    const kept = readJson(this.storageKey());
    const known = isKeptForm(kept) ? kept : { ...kNothing, overlay: [], aliases: [], nextId: -1 };
    this.aliases = new Map(known.aliases);
    this.nextId = known.nextId;
    this.state = new Store<EditState>({ ...kNothing, overlay: new Map(known.overlay), history: known.history });
    onRestored(() => void this.saveNow());
    window.addEventListener("beforeunload", (event) => {
      if (!this.isKept && this.state.get().overlay.size > 0) event.preventDefault();
    });
    if (known.overlay.length > 0) this.schedule(kSendAfterMs);
  }

  // ---- the text as this page knows it
  base = (): readonly EditableSegment[] => this.known(this.transcript()?.segments ?? []);

  known(segments: readonly EditableSegment[]): readonly EditableSegment[] {
    if (this.aliases.size === 0) return segments;
    return segments.map((segment) => {
      const alias = this.aliases.get(segment.id);
      return alias === undefined ? segment : { ...segment, id: alias };
    });
  }

  idOf(serverId: number): number {
    return this.aliases.get(serverId) ?? serverId;
  }

  newId(): number {
    return this.nextId--;
  }

  // ---- changes
  commit(edit: Edit, group: string | null = null): void {
    if (edit.removed.length === 0 && edit.added.length === 0) return;
    const { history } = this.state.get();
    this.apply(edit, remembering(history, { edit, group }));
  }

  undo(): Edit | null {
    const { undo, redo } = this.state.get().history;
    const step = undo[undo.length - 1];
    if (!step) return null;
    const edit = invert(step.edit);
    if (!stillStands(step.edit, this.current())) return this.forgetHistory();
    this.apply(edit, { undo: undo.slice(0, -1), redo: [...redo, step] });
    return edit;
  }

  redo(): Edit | null {
    const { undo, redo } = this.state.get().history;
    const step = redo[redo.length - 1];
    if (!step) return null;
    if (!stillStands(invert(step.edit), this.current())) return this.forgetHistory();
    this.apply(step.edit, { undo: [...undo, { ...step, group: null }], redo: redo.slice(0, -1) });
    return step.edit;
  }

  private forgetHistory(): null {
    this.change({ history: kNoHistory });
    this.keep();
    return null;
  }

  private current(): (id: number) => EditableSegment | null {
    const shown = new Map(laidOver(this.base(), this.state.get().overlay).map((segment) => [segment.id, segment]));
    return (id) => shown.get(id) ?? null;
  }

  private apply(edit: Edit, history: History): void {
    const base = new Map(this.base().map((segment) => [segment.id, segment]));
    const overlay = withEdit(this.state.get().overlay, edit, (id) => base.get(id) ?? null, this.inFlight);
    const { save } = this.state.get();
    const isStuck = save === "conflict" || save === "offline";
    this.change({ overlay, history, ...(isStuck ? {} : { save: overlay.size > 0 || this.sending ? "waiting" : "saved", error: null }) });
    this.keep();
    if (!isStuck) this.schedule(kSendAfterMs);
  }

  // ---- sending
  private schedule(afterMs: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.saveNow(), afterMs);
  }

  // Resolves once everything made so far has been sent, or cannot be now.
  async saveNow(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.sending) await this.sending;
    const batch = this.nextBatch();
    if (this.state.get().save === "conflict" || !this.transcript()) return;
    if (batch.length === 0) return this.change({ save: "saved" });
    this.sending = this.send(batch).finally(() => (this.sending = null));
    await this.sending;
    if (this.state.get().save === "saving") await this.saveNow();
  }

  private nextBatch(): [number, OverlayEntry][] {
    const all = inSendingOrder(this.state.get().overlay).slice(0, kMaxChanges);
    let characters = 0;
    const end = all.findIndex(([id, entry]) => (characters += JSON.stringify(changeOf(id, entry)).length) > kMaxRequestCharacters);
    return end < 0 ? all : all.slice(0, Math.max(1, end));
  }

  private async send(batch: [number, OverlayEntry][]): Promise<void> {
    const changes = batch.flatMap(([id, entry]) => changeOf(this.serverId(id), entry) ?? []);
    this.inFlight = new Set(batch.map(([id]) => id));
    this.change({ save: "saving", error: null });
    try {
      const answer = changes.length > 0 ? await this.patch(changes) : null;
      this.failures = 0;
      this.rebases = 0;
      this.acknowledge(batch, answer);
    } catch (error) {
      this.inFlight = new Set();
      await this.failed(asApiError(error));
    }
  }

  private patch(changes: Change[]): Promise<TranscriptEdit> {
    const version = this.transcript()?.version ?? 0;
    const params = { path: { id: this.jobId }, header: { "If-Match": `"v${version}"` } };
    return unwrap(client.PATCH("/api/v1/jobs/{id}/transcript", { params, body: { changes: changes as never } }));
  }

  private acknowledge(batch: readonly [number, OverlayEntry][], answer: TranscriptEdit | null): void {
    this.inFlight = new Set();
    if (answer) this.takeAnswer(batch, answer);
    const base = new Map(this.base().map((segment) => [segment.id, segment]));
    const overlay = new Map(this.state.get().overlay);
    for (const [id, sent] of batch) {
      const entry = overlay.get(id);
      if (!entry) continue;
      const before = base.get(id) ?? null;
      if (entry.after === sent.after || isSameSegment(entry.after, before)) overlay.delete(id);
      else overlay.set(id, { before, after: entry.after });
    }
    this.change({ overlay });
    this.keep();
  }

  private takeAnswer(batch: readonly [number, OverlayEntry][], answer: TranscriptEdit): void {
    const mentioned = new Set(batch.map(([id]) => this.serverId(id)));
    const born = answer.segments.filter(({ id }) => !mentioned.has(id)).sort((a, b) => a.start_ms - b.start_ms);
    const made = batch.filter(([id, { before, after }]) => this.serverId(id) < 0 && !before && after);
    made.sort(([, a], [, b]) => (a.after?.start_ms ?? 0) - (b.after?.start_ms ?? 0));
    born.forEach(({ id }, index) => {
      const mine = made[index]?.[0];
      if (mine !== undefined) this.aliases.set(id, mine);
    });
    applyAnswer(this.queryClient, this.jobId, answer);
  }

  private async failed(error: ApiError): Promise<void> {
    if (error.code === "stale" || error.code === "conflict") return this.rebase(error);
    const isPassing = error.code === "network" || error.status >= 500 || error.status === 429 || error.status === 401;
    if (!isPassing) return this.change({ save: "failed", error });
    this.change({ save: "offline", error });
    this.schedule(backoffMs(this.failures++ + 2));
  }

  // Somebody else changed the text: where they left alone what was changed here, it goes on top of theirs.
  private async rebase(error: ApiError): Promise<void> {
    if (++this.rebases > 3) return this.change({ save: "failed", error });
    try {
      await this.queryClient.fetchQuery({ queryKey: keys.transcript(this.jobId), queryFn: () => fetchTranscript(this.queryClient, this.jobId), staleTime: 0 });
    } catch (cause) {
      return this.failed(asApiError(cause));
    }
    const base = new Map(this.base().map((segment) => [segment.id, segment]));
    const conflicts: Conflict[] = [];
    for (const [id, { before, after }] of this.state.get().overlay) {
      const theirs = base.get(id) ?? null;
      if (!isSameSegment(before, theirs) && !isSameSegment(after, theirs)) conflicts.push({ id, mine: after, theirs });
    }
    if (conflicts.length > 0) this.change({ save: "conflict", conflicts, history: kNoHistory });
    else this.settle(new Set());
  }

  // Ends a conflict: `dropped` are the ids of which the other's text stays.
  settle(dropped: ReadonlySet<number>): void {
    const base = new Map(this.base().map((segment) => [segment.id, segment]));
    const overlay = new Map(this.state.get().overlay);
    for (const [id, { after }] of overlay) {
      const before = base.get(id) ?? null;
      if (dropped.has(id) || isSameSegment(before, after)) overlay.delete(id);
      else overlay.set(id, { before, after });
    }
    this.change({ overlay, conflicts: [], save: overlay.size > 0 ? "waiting" : "saved", error: null });
    this.keep();
    this.schedule(0);
  }

  tryAgain(): void {
    this.rebases = 0;
    this.change({ save: "waiting" });
    void this.saveNow();
  }

  discardUnsaved(): void {
    this.change({ overlay: kNoOverlay, history: kNoHistory, conflicts: [], save: "saved", error: null });
    this.keep();
  }

  // ---- small things
  private transcript(): Transcript | undefined {
    return this.queryClient.getQueryData<Transcript>(keys.transcript(this.jobId));
  }

  private serverId(id: number): number {
    if (id >= 0) return id;
    for (const [real, alias] of this.aliases) if (alias === id) return real;
    return id;
  }

  private change(change: Partial<EditState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }

  // ---- kept on this device
  private storageKey(): string {
    return kStoragePrefix + this.jobId;
  }

  private keep(): void {
    const { overlay, history } = this.state.get();
    const isEmpty = overlay.size === 0 && history.undo.length === 0 && history.redo.length === 0;
    for (let { undo, redo } = history; ; [undo, redo] = [undo.slice(Math.ceil(undo.length / 2)), []]) {
      const kept: Kept = { overlay: [...overlay], history: { undo, redo }, aliases: [...this.aliases], nextId: this.nextId };
      const text = isEmpty ? null : JSON.stringify(kept);
      if (text !== null && text.length > kMaxKeptCharacters && undo.length + redo.length > 0) continue;
      this.isKept = writeText(this.storageKey(), text);
      if (!this.isKept) {
        forgetOtherHistories(this.storageKey());
        this.isKept = writeText(this.storageKey(), text);
      }
      return;
    }
  }
}

// The browser has no room left: what can be undone of other texts goes, what they have not sent yet stays.
function forgetOtherHistories(mine: string): void {
  for (const key of storedKeys(kStoragePrefix)) {
    const kept = readJson(key);
    if (key !== mine && isKeptForm(kept) && kept.overlay.length === 0) writeText(key, null);
  }
}

// What the server says to have changed goes into the text that the page has of it.
export function applyAnswer(queryClient: QueryClient, jobId: string, answer: TranscriptEdit): void {
  queryClient.setQueryData<Transcript>(keys.transcript(jobId), (old) => {
    if (!old) return old;
    const changed = new Map(answer.segments.map((segment) => [segment.id, segment]));
    const gone = new Set([...answer.removed, ...changed.keys()]);
    const segments = [...old.segments.filter(({ id }) => !gone.has(id)), ...changed.values()];
    segments.sort((a, b) => a.start_ms - b.start_ms || a.end_ms - b.end_ms);
    return { ...old, segments, version: answer.version };
  });
  queryClient.setQueryData<Job>(keys.job(jobId), (job) => job && { ...job, version: answer.version });
}

const sessions = new WeakMap<QueryClient, Map<string, EditSession>>();

// One session of a job for as long as the page lives: it goes on saving when another screen is looked at.
export function editSessionOf(queryClient: QueryClient, jobId: string): EditSession {
  const ofClient = sessions.get(queryClient) ?? new Map<string, EditSession>();
  sessions.set(queryClient, ofClient);
  const session = ofClient.get(jobId) ?? new EditSession(jobId, queryClient);
  ofClient.set(jobId, session);
  return session;
}
