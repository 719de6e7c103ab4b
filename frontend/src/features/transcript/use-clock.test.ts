// How long a recording is, where the player and the server do not agree.
import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Job } from "../../api/types";
import { useWholeMs } from "./use-clock";

function wholeMs(playerSeconds: number, serverMs: number | null): number | null {
  const media = document.createElement("video");
  Object.defineProperty(media, "duration", { value: playerSeconds });
  return renderHook(() => useWholeMs({ duration_ms: serverMs } as Job, media)).result.current;
}

it("is as long as the longer of the two says", () => {
  expect(wholeMs(2, 5600)).toBe(5600);
  expect(wholeMs(6.5, 5600)).toBe(6500);
});
it("is as long as the one says that knows", () => {
  expect(wholeMs(Infinity, 5600)).toBe(5600);
  expect(wholeMs(6.5, null)).toBe(6500);
  expect(wholeMs(NaN, null)).toBeNull();
});
