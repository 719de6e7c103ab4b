// Segments made here have no id of the server's yet: the page knows them by a negative one, and keeps to it once the server has
// named them, so that what can be undone still means them.
import type { EditableSegment } from "../lib/edits";
import type { OverlayEntry } from "./edit-overlay";
import type { TranscriptEdit } from "./types";

export interface KeptNames {
  aliases: [number, number][]; // the server's id -> the page's
  nextId: number;
}

export class SegmentNames {
  private readonly aliases: Map<number, number>;

  constructor(
    aliases: readonly [number, number][] = [],
    private nextId = -1,
  ) {
    this.aliases = new Map(aliases);
  }

  kept(): KeptNames {
    return { aliases: [...this.aliases], nextId: this.nextId };
  }

  newId(): number {
    return this.nextId--;
  }

  ofServerId(id: number): number {
    return this.aliases.get(id) ?? id;
  }

  // Negative: the server has none.
  serverIdOf(id: number): number {
    if (id >= 0) return id;
    for (const [real, alias] of this.aliases) if (alias === id) return real;
    return id;
  }

  // Segments as the server sent them, by the names of this page.
  known(segments: readonly EditableSegment[]): readonly EditableSegment[] {
    if (this.aliases.size === 0) return segments;
    return segments.map((segment) => {
      const alias = this.aliases.get(segment.id);
      return alias === undefined ? segment : { ...segment, id: alias };
    });
  }

  // The server's answer tells the ids of what was new in the request: in the order of their times.
  learn(sent: readonly [number, OverlayEntry][], answer: TranscriptEdit): void {
    const mentioned = new Set(sent.map(([id]) => this.serverIdOf(id)));
    const born = answer.segments.filter(({ id }) => !mentioned.has(id)).sort((a, b) => a.start_ms - b.start_ms);
    const made = sent.filter(([id, { before, after }]) => this.serverIdOf(id) < 0 && !before && after);
    made.sort(([, a], [, b]) => (a.after?.start_ms ?? 0) - (b.after?.start_ms ?? 0));
    born.forEach(({ id }, index) => {
      const mine = made[index]?.[0];
      if (mine !== undefined) this.aliases.set(id, mine);
    });
  }
}
