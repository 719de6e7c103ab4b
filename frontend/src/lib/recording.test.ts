// Recording in browsers that write other files, refuse, or do not tell how loud it is.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startRecording } from "./recording";

const stopTrack = vi.fn();
const options = { name: "Lecture", onEnded: () => undefined };
let contextState: AudioContextState;

function knowsOnly(...types: string[]): void {
  vi.stubGlobal(
    "MediaRecorder",
    class extends EventTarget {
      static isTypeSupported = (type: string) => types.includes(type);
      state = "inactive";
      mimeType: string;
      constructor(_stream: unknown, { mimeType = "" }: { mimeType?: string }) {
        super();
        if (types.length === 0) throw new DOMException("no type", "NotSupportedError");
        this.mimeType = mimeType;
      }
      start = () => (this.state = "recording");
      stop = () => this.dispatchEvent(new Event("stop"));
    },
  );
}

beforeEach(() => {
  contextState = "running";
  stopTrack.mockClear();
  const track = { stop: stopTrack, addEventListener: () => undefined };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve(stream) } });
  vi.stubGlobal(
    "AudioContext",
    class {
      get state() {
        return contextState;
      }
      createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: (samples: Float32Array) => samples.fill(0.5) });
      createMediaStreamSource = () => ({ connect: () => undefined });
      resume = () => Promise.resolve();
      close = () => Promise.resolve();
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

async function nameOfRecording(): Promise<string> {
  return (await (await startRecording(options)).finish()).name;
}

it("makes a file that the player takes for sound, in the format that the browser writes", async () => {
  knowsOnly("audio/webm;codecs=opus");
  expect(await nameOfRecording()).toBe("Lecture.weba");
  knowsOnly("audio/mp4");
  expect(await nameOfRecording()).toBe("Lecture.m4a");
  knowsOnly("audio/ogg;codecs=opus");
  expect(await nameOfRecording()).toBe("Lecture.ogg");
});
it("lets go of the microphone when the browser cannot record", async () => {
  knowsOnly();
  await expect(startRecording(options)).rejects.toThrow("no type");
  expect(stopTrack).toHaveBeenCalledOnce();
});
it("calls silence only what it hears as silence", async () => {
  knowsOnly("audio/mp4");
  const recording = await startRecording(options);
  expect(recording.loudness()).toBeGreaterThan(0.9);
  contextState = "suspended";
  expect(recording.loudness()).toBeNull();
});
