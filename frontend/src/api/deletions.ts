// Deletions that can still be undone: the job is hidden, the request is sent after nine seconds, or when the page is left.
import { Store } from "../lib/store";

export interface Deletion {
  id: string;
  name: string;
}
interface Pending extends Deletion {
  send: () => Promise<void>;
  timer: ReturnType<typeof setTimeout> | null;
}

export const kUndoMs = 9_000;

const pending = new Map<string, Pending>();
// Can be undone, newest last.
export const undoableStore = new Store<readonly Deletion[]>([]);
// Not to be shown: about to be deleted, or being deleted.
export const hiddenStore = new Store<ReadonlySet<string>>(new Set());

function publish(): void {
  undoableStore.set([...pending.values()].map(({ id, name }) => ({ id, name })));
}

function hide(id: string, hidden: boolean): void {
  hiddenStore.update((ids) => {
    const next = new Set(ids);
    if (hidden) next.add(id);
    else next.delete(id);
    return next;
  });
}

export function scheduleDeletion(deletion: Deletion, send: () => Promise<void>): void {
  if (pending.has(deletion.id)) return;
  pending.set(deletion.id, { ...deletion, send, timer: null });
  hide(deletion.id, true);
  resumeCountdown(deletion.id);
  publish();
}

export function undoDeletion(id: string): void {
  pauseCountdown(id);
  pending.delete(id);
  hide(id, false);
  publish();
}

// While the user points at the message, it stays.
export function pauseCountdown(id: string): void {
  const deletion = pending.get(id);
  if (deletion?.timer) clearTimeout(deletion.timer);
  if (deletion) deletion.timer = null;
}

export function resumeCountdown(id: string): void {
  const deletion = pending.get(id);
  if (!deletion || deletion.timer) return;
  deletion.timer = setTimeout(() => sendNow(id), kUndoMs);
}

export function sendNow(id: string): void {
  const deletion = pending.get(id);
  if (!deletion) return;
  pauseCountdown(id);
  pending.delete(id);
  publish();
  deletion.send().catch(() => hide(id, false)); // not deleted after all: show it again
}

export function forgetDeletion(id: string): void {
  hide(id, false);
}

export function sendDeletionsWhenLeaving(): void {
  window.addEventListener("pagehide", () => {
    for (const id of [...pending.keys()]) sendNow(id);
  });
}
