// What can be undone and redone.
import { combine, type Edit, type EditableSegment } from "../lib/edits";

export interface Step {
  edit: Edit;
  group: string | null; // steps of one group that follow each other, such as letters typed in one go, are undone together
}

export interface History {
  undo: readonly Step[];
  redo: readonly Step[];
}

export const kNoHistory: History = { undo: [], redo: [] };
const kMaxSteps = 500;

export function remembering(history: History, step: Step): History {
  const last = history.undo[history.undo.length - 1];
  const isMore = last !== undefined && step.group !== null && last.group === step.group && history.redo.length === 0;
  const joined = isMore ? { ...step, edit: combine(last.edit, step.edit) } : step;
  const earlier = isMore ? history.undo.slice(0, -1) : history.undo;
  return { undo: [...earlier, joined].slice(-kMaxSteps), redo: [] };
}

// An edit can be undone while what it left still says what it left; the server may have straightened times.
export function stillStands(edit: Edit, current: (id: number) => EditableSegment | null): boolean {
  const added = new Set(edit.added.map(({ id }) => id));
  const isThere = edit.added.every((segment) => segment.text === current(segment.id)?.text);
  return isThere && edit.removed.every(({ id }) => added.has(id) || current(id) === null);
}
