// What a session of editing keeps on this device: changes that the server does not have yet, and what can be undone. Each tab has a
// journal of its own for each job, so that none writes over another's; the journals of closed tabs are taken over.
import { readJson, storedKeys, writeText } from "../lib/storage";
import { deadTabs, tabName } from "../lib/tab";
import type { History } from "./edit-history";
import type { OverlayEntry } from "./edit-overlay";
import type { KeptNames } from "./segment-names";

export interface Kept extends KeptNames {
  overlay: [number, OverlayEntry][];
  history: History;
}

const kPrefix = "v2t.edits.";
const kMaxCharacters = 2_000_000; // browsers give about five million to a site

function asKept(value: unknown): Kept | null {
  const kept = value as Kept | null;
  const isOne = Array.isArray(kept?.overlay) && Array.isArray(kept.history?.undo) && Array.isArray(kept.aliases) && typeof kept.nextId === "number";
  return isOne ? kept : null;
}

export class EditJournal {
  private readonly prefix: string;
  private readonly key: string;

  constructor(jobId: string, tab = tabName) {
    this.prefix = `${kPrefix}${jobId}.`;
    this.key = this.prefix + tab;
  }

  read(): Kept | null {
    return asKept(readJson(this.key));
  }

  // False: it is kept only until the page is closed. Where there is little room, the oldest steps cannot be undone any more.
  write({ overlay, history, aliases, nextId }: Kept): boolean {
    const isEmpty = overlay.length === 0 && history.undo.length === 0 && history.redo.length === 0;
    for (let { undo, redo } = history; ; [undo, redo] = [undo.slice(Math.ceil(undo.length / 2)), []]) {
      const text = isEmpty ? null : JSON.stringify({ overlay, history: { undo, redo }, aliases, nextId } satisfies Kept);
      if (text !== null && text.length > kMaxCharacters && undo.length + redo.length > 0) continue;
      if (writeText(this.key, text)) return true;
      this.forgetOtherHistories();
      return writeText(this.key, text);
    }
  }

  // The journals that tabs of this job left behind when they were closed; they are this tab's from now on.
  async takeOrphans(): Promise<Kept[]> {
    const names = storedKeys(this.prefix).map((key) => key.slice(this.prefix.length));
    const dead = await deadTabs(names.filter((name) => this.prefix + name !== this.key));
    return dead.flatMap((name) => {
      const kept = asKept(readJson(this.prefix + name));
      writeText(this.prefix + name, null);
      return kept ?? [];
    });
  }

  // The browser has no room left: what can be undone of other texts goes, what they have not sent yet stays.
  private forgetOtherHistories(): void {
    for (const key of storedKeys(kPrefix)) {
      if (key !== this.key && asKept(readJson(key))?.overlay.length === 0) writeText(key, null);
    }
  }
}
