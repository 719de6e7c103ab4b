// Where the sound cannot be taken out of a video, the video is sent whole.
import { afterEach, expect, it, vi } from "vitest";
import { takeSoundOf } from "./sound";

const film = new File([new Uint8Array(3 << 20)], "film.mp4", { type: "video/mp4" });
const options = { signal: new AbortController().signal, onProgress: () => undefined };

afterEach(() => vi.unstubAllGlobals());

class FakeWorker {
  onerror = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  postMessage = () => undefined;
  terminate = () => undefined;
}

function withWorker(answer: (worker: FakeWorker) => void): void {
  vi.stubGlobal(
    "Worker",
    class extends FakeWorker {
      override postMessage = () => void answer(this);
    },
  );
}

it("is so in a browser without workers", async () => {
  vi.stubGlobal("Worker", undefined);
  expect(await takeSoundOf(film, options)).toBeNull();
});
it("is so where the browser refuses the worker", async () => {
  vi.stubGlobal(
    "Worker",
    class {
      constructor() {
        throw new DOMException("not here", "SecurityError");
      }
    },
  );
  expect(await takeSoundOf(film, options)).toBeNull();
});
it("is so where the worker breaks", async () => {
  withWorker((worker) => worker.onerror());
  expect(await takeSoundOf(film, options)).toBeNull();
});
it("is not so where the worker finds the sound", async () => {
  const sound = new Blob(["la"]);
  withWorker((worker) => worker.onmessage({ data: { type: "done", sound } }));
  expect(await takeSoundOf(film, options)).toBe(sound);
});
