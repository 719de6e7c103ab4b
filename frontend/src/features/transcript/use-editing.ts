// The text as the page shows it, with what was changed and not sent yet; and everything that can be done to it.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { editSessionOf, type EditSession, type EditState } from "../../api/edit-session";
import { laidOver } from "../../api/edit-overlay";
import type { Segment } from "../../api/types";
import {
  allowedTimes,
  insertedAfter,
  merged,
  splitAt,
  withChecked,
  withText,
  withTimes,
  withoutSegment,
  type Edit,
} from "../../lib/edits";
import { useStore } from "../../lib/use-store";

// Which segment is looked at, and where its text is being changed.
export interface Cursor {
  id: number | null;
  caret: number | null; // null: it is not being changed
}

export interface Editing {
  session: EditSession;
  state: EditState;
  segments: readonly Segment[];
  cursor: Cursor;
  look: (id: number | null) => void; // at a segment, without changing it
  open: (id: number, caret: number) => void;
  close: () => void;
  commit: (edit: Edit, group?: string | null) => void;
  undo: () => Edit | null;
  redo: () => Edit | null;
  type: (id: number, text: string, group: string) => void;
  split: (id: number, offset: number) => void;
  mergeWithNext: (id: number) => void;
  mergeWithPrevious: (id: number) => void;
  setTimes: (id: number, startMs: number, endMs: number, group?: string) => void;
  insertAfter: (id: number) => void;
  remove: (id: number) => void;
  accept: (id: number, word: number) => void;
}

const kNowhere: Cursor = { id: null, caret: null };

export function useEditing(jobId: string, base: readonly Segment[]): Editing {
  const queryClient = useQueryClient();
  const session = editSessionOf(queryClient, jobId);
  const state = useStore(session.state);
  const [cursor, setCursor] = useState<Cursor>(kNowhere);
  const segments = useMemo(() => laidOver(session.known(base), state.overlay), [session, base, state.overlay]);

  const look = useCallback((id: number | null) => setCursor((old) => (old.id === id && old.caret === null ? old : { id, caret: null })), []);
  const open = useCallback((id: number, caret: number) => setCursor({ id, caret }), []);
  const close = useCallback(() => setCursor(({ id }) => ({ id, caret: null })), []);

  const actions = useMemo(() => {
    const place = (id: number) => {
      const index = segments.findIndex((segment) => segment.id === id);
      return { segment: segments[index], before: segments[index - 1], after: segments[index + 1] };
    };
    const commit = (edit: Edit | null, group: string | null = null) => edit && session.commit(edit, group);
    const mergeWithNext = (id: number) => {
      const { segment, after } = place(id);
      if (!segment || !after) return;
      commit(merged(segment, after));
      setCursor((old) => ({ id, caret: old.caret === null ? null : segment.text.length }));
    };
    return {
      commit,
      mergeWithNext,
      mergeWithPrevious: (id: number) => {
        const { before } = place(id);
        if (before) mergeWithNext(before.id);
      },
      type: (id: number, text: string, group: string) => {
        const { segment } = place(id);
        if (segment && text.replace(/\s+/g, " ").trim() !== segment.text) commit(withText(segment, text), group);
      },
      split: (id: number, offset: number) => {
        const { segment } = place(id);
        const newId = session.newId();
        const edit = segment && splitAt(segment, offset, newId);
        if (!edit) return;
        commit(edit);
        setCursor((old) => ({ id: newId, caret: old.caret === null ? null : 0 }));
      },
      setTimes: (id: number, startMs: number, endMs: number, group: string | null = null) => {
        const { segment, before, after } = place(id);
        if (!segment) return;
        const start = allowedTimes(segment, before, after).start(startMs);
        const end = allowedTimes({ ...segment, start_ms: start }, before, after).end(endMs);
        if (start !== segment.start_ms || end !== segment.end_ms) commit(withTimes(segment, start, end), group);
      },
      insertAfter: (id: number) => {
        const { segment, after } = place(id);
        const newId = session.newId();
        const edit = segment && insertedAfter(segment, after, newId);
        if (!edit) return;
        commit(edit);
        setCursor({ id: newId, caret: 0 });
      },
      remove: (id: number) => {
        const { segment, before, after } = place(id);
        if (!segment) return;
        commit(withoutSegment(segment));
        setCursor({ id: after?.id ?? before?.id ?? null, caret: null });
      },
      accept: (id: number, word: number) => {
        const { segment } = place(id);
        if (segment) commit(withChecked(segment, new Set([word])));
      },
    };
  }, [segments, session]);

  const show = (edit: Edit | null) => {
    const id = edit?.added[0]?.id;
    if (id !== undefined) look(id);
    return edit;
  };
  return { session, state, segments, cursor, look, open, close, ...actions, undo: () => show(session.undo()), redo: () => show(session.redo()) };
}

// Whether there is a pause after a segment for another one.
export function hasRoomAfter(segments: readonly Segment[], index: number): boolean {
  const segment = segments[index];
  return segment !== undefined && insertedAfter(segment, segments[index + 1], 0) !== null;
}
