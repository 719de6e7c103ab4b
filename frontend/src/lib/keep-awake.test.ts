// The screen stays on for as long as it is asked for, where the browser can do that.
import { afterEach, expect, it, vi } from "vitest";
import { keepAwake } from "./keep-awake";

const settle = () => new Promise((resolve) => setTimeout(resolve));
afterEach(() => vi.unstubAllGlobals());

it("keeps the screen on until it is let go, also after the page was hidden", async () => {
  const release = vi.fn(() => Promise.resolve());
  const request = vi.fn(() => Promise.resolve({ release }));
  vi.stubGlobal("navigator", { wakeLock: { request } });
  const letSleep = keepAwake();
  document.dispatchEvent(new Event("visibilitychange"));
  expect(request).toHaveBeenCalledTimes(2);
  await settle();
  letSleep();
  expect(release).toHaveBeenCalled();
  document.dispatchEvent(new Event("visibilitychange"));
  expect(request).toHaveBeenCalledTimes(2);
});
it("does nothing where the browser refuses, or knows no such lock", async () => {
  vi.stubGlobal("navigator", { wakeLock: { request: () => Promise.reject(new DOMException("battery", "NotAllowedError")) } });
  keepAwake()();
  vi.stubGlobal("navigator", {});
  keepAwake()();
  await settle();
});
