// Records the microphone into a file, with the loudness for people to see that they are heard.

export type RecordingError = "denied" | "missing" | "failed";

export interface Recording {
  pause: () => void;
  goOn: () => void;
  // The file of what was recorded so far.
  finish: () => Promise<File>;
  discard: () => void;
  // 0 to 1, of this moment. null: this browser does not tell.
  loudness: () => number | null;
}

export interface RecordingOptions {
  deviceId?: string | undefined;
  name: string; // of the file, without extension
  onEnded: () => void; // the microphone went away
}

// What browsers can write, the best first; all of it is read by the server.
const kTypes = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus", "audio/webm"];
const kExtensions: Record<string, string> = { "audio/webm": "weba", "audio/mp4": "m4a", "audio/ogg": "ogg" };
const kSliceMs = 1000;
const kBitsPerSecond = 64_000;

export async function startRecording(options: RecordingOptions): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { ...(options.deviceId ? { deviceId: { exact: options.deviceId } } : {}), channelCount: 1, noiseSuppression: false },
  });
  try {
    return record(stream, options);
  } catch (error) {
    letGo(stream);
    throw error;
  }
}

function record(stream: MediaStream, options: RecordingOptions): Recording {
  const type = kTypes.find((candidate) => MediaRecorder.isTypeSupported(candidate)) ?? "";
  const recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: kBitsPerSecond });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => data.size > 0 && parts.push(data);
  stream.getAudioTracks()[0]?.addEventListener("ended", options.onEnded);
  recorder.start(kSliceMs);
  const meter = makeMeter(stream);
  const release = () => {
    meter.close();
    letGo(stream);
  };
  return {
    pause: () => recorder.pause(),
    goOn: () => recorder.resume(),
    loudness: meter.loudness,
    discard: () => {
      recorder.ondataavailable = null;
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
    finish: async () => {
      await stopped(recorder);
      release();
      const plain = (recorder.mimeType || type || "audio/webm").split(";")[0] ?? "audio/webm";
      return new File(parts, `${options.name}.${kExtensions[plain] ?? "weba"}`, { type: plain });
    },
  };
}

export function recordingErrorOf(error: unknown): RecordingError {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "failed";
}

function letGo(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function stopped(recorder: MediaRecorder): Promise<void> {
  if (recorder.state === "inactive") return Promise.resolve();
  return new Promise((resolve) => {
    recorder.addEventListener("stop", () => resolve(), { once: true });
    recorder.stop();
  });
}

function makeMeter(stream: MediaStream): { loudness: () => number | null; close: () => void } {
  const context = new AudioContext();
  context.resume().catch(() => undefined); // Safari may begin with silence, as nobody has clicked since the microphone was allowed
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    loudness: () => {
      if (context.state !== "running") return null; // nothing to play sound with, or a call on the phone
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const decibels = 10 * Math.log10(power + 1e-10);
      return Math.min(1, Math.max(0, (decibels + 60) / 50)); // -60 dB: nothing; -10 dB: loud
    },
    close: () => void context.close(),
  };
}
