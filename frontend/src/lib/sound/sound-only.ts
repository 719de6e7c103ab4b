// Takes the sound out of a video file in the browser: the packets are copied as they are, nothing is encoded again, and
// every packet keeps its time. Loaded only when a video is uploaded.
import {
  BlobSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  MATROSKA,
  MkvOutputFormat,
  MovOutputFormat,
  MP4,
  Mp4OutputFormat,
  MPEG_TS,
  Output,
  QTFF,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type AudioCodec,
  type EncodedPacket,
  type InputAudioTrack,
  type OutputFormat,
} from "mediabunny";
import { BlobParts } from "./blob-parts";

export interface SoundOnly {
  blob: Blob;
  tracks: number;
}

export interface SoundOnlyOptions {
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
}

// Less is not worth the reading of the whole file.
const kLargestShare = 0.8;
const kReportEveryPackets = 500;
// Sound that begins later than the picture would lose its place: a file of sound alone begins with its sound.
const kLatestStartSeconds = 0.1;

// Null where the whole file is to be sent: no video, no sound, a container or codec that is not understood here, sound that
// begins late, or little to save. Damaged files throw. But for the date in its index, at its end, the same file gives the same bytes: so an upload can go on.
export async function takeSound(file: Blob, options: SoundOnlyOptions = {}): Promise<SoundOnly | null> {
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] });
  try {
    if (!(await input.canRead()) || (await input.getVideoTracks()).length === 0) return null;
    const tracks = await readableTracks(await input.getAudioTracks());
    if (tracks === null) return null;
    const zero = Math.max(0, await input.getFirstTimestamp());
    const start = Math.min(...(await Promise.all(tracks.map(({ track }) => track.getFirstTimestamp()))));
    if (start - zero > kLatestStartSeconds) return null;
    const sound = await copyTracks(tracks, zero, await containerFor(input, tracks), options);
    return sound.size < kLargestShare * file.size ? { blob: sound, tracks: tracks.length } : null;
  } finally {
    input.dispose();
  }
}

interface ReadableTrack {
  track: InputAudioTrack;
  codec: AudioCodec;
  config: AudioDecoderConfig;
}

// All of them or none: tracks are chosen by their number, which must stay the same.
async function readableTracks(tracks: readonly InputAudioTrack[]): Promise<ReadableTrack[] | null> {
  const readable: ReadableTrack[] = [];
  for (const track of tracks) {
    const codec = await track.getCodec();
    const config = await track.getDecoderConfig();
    if (!codec || !config) return null;
    readable.push({ track, codec, config });
  }
  return readable.length > 0 ? readable : null;
}

// A container that browsers play too and that keeps times before zero, as the codec allows.
async function containerFor(input: Input, tracks: readonly ReadableTrack[]): Promise<OutputFormat> {
  const codecs = tracks.map(({ codec }) => codec);
  const isMatroska = [MATROSKA, WEBM].includes((await input.getFormat()));
  if (isMatroska) {
    const isWebm = codecs.every((codec) => codec === "opus" || codec === "vorbis");
    return isWebm ? new WebMOutputFormat() : new MkvOutputFormat();
  }
  const isPcm = codecs.some((codec) => codec.startsWith("pcm-") || codec === "ulaw" || codec === "alaw");
  return isPcm ? new MovOutputFormat({ fastStart: false }) : new Mp4OutputFormat({ fastStart: false });
}

async function copyTracks(
  tracks: readonly ReadableTrack[],
  zero: number,
  format: OutputFormat,
  options: SoundOnlyOptions,
): Promise<Blob> {
  const parts = new BlobParts();
  const output = new Output({ format, target: new StreamTarget(parts.writable(), { chunked: true, chunkSize: 4 << 20 }) });
  const lanes = await Promise.all(tracks.map((track) => openLane(output, zero, track)));
  await output.start();
  const length = Math.max(...(await Promise.all(tracks.map(({ track }) => track.computeDuration()))));
  try {
    for (let n = 0; ; ++n) {
      const lane = earliest(lanes);
      if (!lane) break;
      options.signal?.throwIfAborted();
      if (n % kReportEveryPackets === 0) options.onProgress?.(Math.min(1, Math.max(0, (lane.time - zero) / length)));
      await lane.copyOne();
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  return parts.blob((format as { mimeType?: string }).mimeType?.replace("video/", "audio/") ?? "");
}

// One track on its way from the input to the output.
interface Lane {
  time: number; // of its next packet
  isOver: boolean;
  copyOne: () => Promise<void>;
}

function earliest(lanes: readonly Lane[]): Lane | null {
  let best: Lane | null = null;
  for (const lane of lanes) if (!lane.isOver && (best === null || lane.time < best.time)) best = lane;
  return best;
}

async function openLane(output: Output, zero: number, { track, codec, config }: ReadableTrack): Promise<Lane> {
  const source = new EncodedAudioPacketSource(codec);
  const name = await track.getName();
  output.addAudioTrack(source, {
    languageCode: await track.getLanguageCode(),
    disposition: await track.getDisposition(),
    ...(name ? { name } : {}),
  });
  // Not its packets(): that iterator keeps the times of the last second's packets in an array that it shifts, which took half
  // of all the time at tens of thousands of packets a second.
  const sink = new EncodedPacketSink(track);
  let next: EncodedPacket | null = null;
  let meta: { decoderConfig: AudioDecoderConfig } | undefined = { decoderConfig: config };
  const lane: Lane = {
    time: 0,
    isOver: false,
    copyOne: async () => {
      if (next) await source.add(zero > 0 ? next.clone({ timestamp: next.timestamp - zero }) : next, meta);
      meta = undefined;
      await advance();
    },
  };
  const advance = async () => {
    next = next ? await sink.getNextPacket(next) : await sink.getFirstPacket();
    lane.isOver = next === null;
    lane.time = next?.timestamp ?? Infinity;
  };
  await advance();
  return lane;
}
