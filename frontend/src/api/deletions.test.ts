// Deleting with a way back.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { hiddenStore, kUndoMs, pauseCountdown, resumeCountdown, scheduleDeletion, sendNow, undoableStore, undoDeletion } from "./deletions";

beforeEach(() => vi.useFakeTimers());

describe("a deletion", () => {
  it("hides at once and is sent later", () => {
    const send = vi.fn(() => Promise.resolve());
    scheduleDeletion({ id: "a", name: "A" }, send);
    expect(hiddenStore.get().has("a")).toBe(true);
    vi.advanceTimersByTime(kUndoMs - 1);
    expect(send).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(send).toHaveBeenCalledTimes(1);
    expect(undoableStore.get()).toEqual([]);
  });
  it("can be undone", () => {
    const send = vi.fn(() => Promise.resolve());
    scheduleDeletion({ id: "b", name: "B" }, send);
    undoDeletion("b");
    vi.advanceTimersByTime(2 * kUndoMs);
    expect(send).not.toHaveBeenCalled();
    expect(hiddenStore.get().has("b")).toBe(false);
  });
  it("waits while the user is at its message", () => {
    const send = vi.fn(() => Promise.resolve());
    scheduleDeletion({ id: "c", name: "C" }, send);
    pauseCountdown("c");
    vi.advanceTimersByTime(2 * kUndoMs);
    expect(send).not.toHaveBeenCalled();
    resumeCountdown("c");
    vi.advanceTimersByTime(kUndoMs);
    expect(send).toHaveBeenCalled();
  });
  it("shows the job again when the server refuses", async () => {
    scheduleDeletion({ id: "d", name: "D" }, () => Promise.reject(new Error("no")));
    sendNow("d");
    await vi.runAllTimersAsync();
    expect(hiddenStore.get().has("d")).toBe(false);
  });
});
