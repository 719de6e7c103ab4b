// Editing one job's text: changes show at once, are kept on this device until the server has them, and can be undone, also
// after a reload. Sent in the order of their making, one request at a time. Where somebody else changed the same meanwhile, the user
// chooses.
import type { QueryClient } from "@tanstack/react-query";
import { backoffMs } from "../lib/backoff";
import { invert, isSameSegment, type Edit, type EditableSegment } from "../lib/edits";
import { Store } from "../lib/store";
import { client, unwrap } from "./client";
import { onRestored } from "./connection";
import { kNoHistory, remembering, stillStands, type History } from "./edit-history";
import { EditJournal, type Kept } from "./edit-journal";
import {
  changeOf,
  conflictsOf,
  inSendingOrder,
  kNoOverlay,
  laidOver,
  rebased,
  withEdit,
  type Change,
  type Conflict,
  type Overlay,
  type OverlayEntry,
} from "./edit-overlay";
import { ApiError, asApiError } from "./errors";
import { keys } from "./query-client";
import { SegmentNames } from "./segment-names";
import { fetchTranscript, takeEdit } from "./transcript";
import type { Transcript, TranscriptEdit } from "./types";

export type SaveState = "saved" | "waiting" | "saving" | "offline" | "conflict" | "failed";

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
const kNothing: EditState = { overlay: kNoOverlay, history: kNoHistory, save: "saved", error: null, conflicts: [] };

export class EditSession {
  readonly state = new Store<EditState>(kNothing);
  private readonly journal: EditJournal;
  private names = new SegmentNames();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private inFlight: ReadonlySet<number> = new Set();
  private sending: Promise<void> | null = null;
  private failures = 0;
  private rebases = 0;
  private isKept = true; // whether it would survive the page

  constructor(
    private readonly jobId: string,
    private readonly queryClient: QueryClient,
    tab?: string, // another one than this, in tests
  ) {
    this.journal = new EditJournal(jobId, tab);
    const kept = this.journal.read();
    if (kept) this.takeOver(kept);
    onRestored(() => void this.saveNow());
    window.addEventListener("beforeunload", (event) => {
      if (!this.isKept && this.state.get().overlay.size > 0) event.preventDefault();
    });
    void this.journal.takeOrphans().then((all) => all.forEach((orphan) => this.adopt(orphan)));
  }

  // ---- the text as this page knows it
  base = (): readonly EditableSegment[] => this.known(this.transcript()?.segments ?? []);

  known(segments: readonly EditableSegment[]): readonly EditableSegment[] {
    return this.names.known(segments);
  }

  newId(): number {
    return this.names.newId();
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
    if (this.state.get().save === "conflict") return;
    if (!this.transcript()) return this.waitForText();
    if (!this.layAnew()) return;
    const batch = this.nextBatch();
    if (batch.length === 0) return this.change({ save: "saved" });
    this.sending = this.send(batch).finally(() => (this.sending = null));
    await this.sending;
    if (this.state.get().save === "saving") await this.saveNow();
  }

  // What an earlier page left unsent may be known before the text that it is for.
  private waitForText(): void {
    if (this.state.get().overlay.size > 0) this.schedule(backoffMs(this.failures++));
  }

  private nextBatch(): [number, OverlayEntry][] {
    const all = inSendingOrder(this.state.get().overlay).slice(0, kMaxChanges);
    let characters = 0;
    const end = all.findIndex(([id, entry]) => (characters += JSON.stringify(changeOf(id, entry)).length) > kMaxRequestCharacters);
    return end < 0 ? all : all.slice(0, Math.max(1, end));
  }

  private async send(batch: [number, OverlayEntry][]): Promise<void> {
    const changes = batch.flatMap(([id, entry]) => changeOf(this.names.serverIdOf(id), entry) ?? []);
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
    if (answer) {
      this.names.learn(batch, answer);
      takeEdit(this.queryClient, this.jobId, answer);
    }
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
    if (this.layAnew()) this.settle(new Set());
  }

  // Puts what was changed here on top of the text as the server has it now; false: the same was changed there, and the user is asked.
  private layAnew(): boolean {
    const { overlay } = this.state.get();
    const conflicts = conflictsOf(overlay, this.base());
    if (conflicts.length === 0) {
      this.change({ overlay: rebased(overlay, this.base()) });
      return true;
    }
    this.change({ save: "conflict", conflicts, history: kNoHistory });
    this.keep();
    return false;
  }

  // Ends a conflict: `dropped` are the ids of which the other's text stays.
  settle(dropped: ReadonlySet<number>): void {
    const overlay = rebased(this.state.get().overlay, this.base(), dropped);
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

  private change(change: Partial<EditState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }

  // ---- kept on this device
  private keep(): void {
    const { overlay, history } = this.state.get();
    this.isKept = this.journal.write({ overlay: [...overlay], history, ...this.names.kept() });
  }

  private takeOver(kept: Kept): void {
    this.names = new SegmentNames(kept.aliases, kept.nextId);
    const isUnsent = kept.overlay.length > 0;
    this.change({ overlay: new Map(kept.overlay), history: kept.history, save: isUnsent ? "waiting" : "saved" });
    if (isUnsent) this.schedule(kSendAfterMs);
  }

  // What a closed tab left: all of it where nothing was done here, else what it had not sent yet.
  private adopt(kept: Kept): void {
    const { overlay, history } = this.state.get();
    if (overlay.size === 0 && history.undo.length + history.redo.length === 0) this.takeOver(kept);
    else if (kept.overlay.length > 0) {
      const theirs = new SegmentNames(kept.aliases);
      const next = new Map(overlay);
      for (const [id, { before, after }] of kept.overlay) {
        const real = theirs.serverIdOf(id);
        const mine = real >= 0 ? this.names.ofServerId(real) : this.newId();
        if (!next.has(mine)) next.set(mine, { before: before && { ...before, id: mine }, after: after && { ...after, id: mine } });
      }
      this.change({ overlay: next, save: "waiting" });
      this.schedule(kSendAfterMs);
    }
    this.keep();
  }
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
