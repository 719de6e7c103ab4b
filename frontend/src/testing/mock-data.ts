// What the mock server has to tell: jobs in every state, and text that grows.
import type { Job, Model, Segment } from "../api/types";

export const kModels: Model[] = [
  { name: "tiny", repository: "Systran/faster-whisper-tiny", size_bytes: 77_700_000, is_downloaded: false, is_default: false },
  { name: "base", repository: "Systran/faster-whisper-base", size_bytes: 147_882_941, is_downloaded: true, is_default: true },
  { name: "small", repository: "Systran/faster-whisper-small", size_bytes: 486_212_372, is_downloaded: false, is_default: false },
  { name: "medium", repository: "Systran/faster-whisper-medium", size_bytes: 1_530_000_000, is_downloaded: false, is_default: false },
  {
    name: "large-v3-turbo",
    repository: "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    size_bytes: 1_620_000_000,
    is_downloaded: true,
    is_default: false,
  },
  { name: "large-v3", repository: "Systran/faster-whisper-large-v3", size_bytes: 3_090_000_000, is_downloaded: false, is_default: false },
];

const kTexts: Record<string, string[]> = {
  en: [
    "Good morning, everybody, and thank you for coming so early.",
    "Today we look at how a river shapes the land that it crosses.",
    "Water is patient: it finds the weakest place in the rock and returns to it for ten thousand years.",
    "On the map behind me you see the valley as it was drawn in 1820, and the same valley now.",
    "Notice that the bend has moved by almost two hundred metres.",
    "Nobody dug it; the current carried the bank away, grain by grain, and laid it down on the other side.",
    "Before we go on, are there any questions about last week's reading?",
    "Good. Then let us begin with the simplest case, a straight channel on a gentle slope.",
  ],
  ru: [
    "Добрый день, коллеги, спасибо, что все собрались вовремя.",
    "Сегодня у нас три вопроса: сроки, бюджет и то, что мы покажем заказчику в пятницу.",
    "Начнём со сроков: первая часть готова, её проверили вчера вечером.",
    "Осталось доделать отчёт и ещё раз прослушать запись встречи.",
    "По бюджету всё спокойно, мы укладываемся, и даже есть небольшой запас.",
    "Марина, расскажите, пожалуйста, что получилось с расписанием на декабрь.",
    "Да, конечно: занятия начинаются одиннадцатого, аудитория та же самая.",
    "Хорошо, тогда договорились, а теперь давайте посмотрим макеты.",
  ],
  ar: ["صباح الخير جميعًا وشكرًا لحضوركم.", "اليوم نتحدث عن النهر وكيف يشكل الأرض التي يعبرها."],
};

export function segmentsOfWindow(window: number, language: string): Segment[] {
  const texts = kTexts[language] ?? kTexts["en"] ?? [];
  const step = 6_000;
  return [0, 1, 2, 3, 4].map((index) => {
    const text = texts[(window * 5 + index) % texts.length] ?? "";
    const segment = makeSegment(window, window * 30_000 + index * step + 400, step - 900, text, window * 5 + index);
    return { ...segment, language };
  });
}

const kMisheard = new Set(["1820,", "channel", "макеты.", "декабрь."]);
let madeSegments = 0;

export function makeSegment(window: number, startMs: number, lengthMs: number, text: string, id = madeSegments++): Segment {
  const parts = text.split(" ");
  const letters = parts.reduce((sum, part) => sum + part.length, 0);
  let at = startMs;
  const words = parts.map((part, index) => {
    const start_ms = Math.round(at);
    at += (lengthMs * part.length) / letters;
    return { start_ms, end_ms: Math.round(at), text: index === 0 ? part : ` ${part}`, probability: kMisheard.has(part) ? 0.41 : 0.9, checked: false };
  });
  const measures = { avg_logprob: -0.2, no_speech_prob: 0.02, compression_ratio: 1.4, temperature: 0 };
  const kept = { language: null, kind: "speech" as const, edited: false };
  return { id, window, start_ms: startMs, end_ms: startMs + lengthMs, text, ...measures, words, ...kept };
}

let made = 0;

// 26 characters of [a-z2-7], as the server makes them.
export function mockId(): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  let rest = ++made;
  let id = "";
  for (let i = 0; i < 25; i++, rest = Math.floor(rest / 32)) id = alphabet.charAt(rest % 32) + id;
  return `m${id}`;
}

export function newJob(change: Partial<Job> = {}): Job {
  return {
    id: mockId(),
    name: "lecture.mp4",
    state: "queued",
    settings: {
      model: "base",
      language: null,
      task: "transcribe",
      initial_prompt: "",
      audio_track: null,
      word_timestamps: true,
      languages: [],
      hotwords: [],
      beam_size: null,
    },
    language: null,
    duration_ms: null,
    audio_done_ms: 0,
    windows_done: 0,
    speed: null,
    queue_position: null,
    activity: null,
    error: null,
    warnings: [],
    coverage: { speech_ms: 0, covered_ms: 0, unintelligible_ms: 0 },
    upload: { id: mockId(), received_bytes: 734_003_200, size_bytes: 734_003_200 },
    attempts: 0,
    created_at: new Date().toISOString(),
    started_at: null,
    finished_at: null,
    source: null,
    version: 0,
    eta_ms: null,
    media_expires_at: null,
    expires_at: null,
    languages: change.language ? [change.language] : [],
    ...change,
  };
}

const kSecond = 1000;
const kHour = 3600 * kSecond;

function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

function doneJob(name: string, language: string, durationMs: number, agoMs: number, change: Partial<Job> = {}): Job {
  const times = { created_at: ago(agoMs), started_at: ago(agoMs - 5 * kSecond), finished_at: ago(agoMs - 5 * kSecond - durationMs / 24) };
  return newJob({ name, state: "done", language, duration_ms: durationMs, audio_done_ms: durationMs, speed: 24, attempts: 1, ...times, ...change });
}

// A library as somebody has it after a week; newest first.
export function seedJobs(): Job[] {
  const failed = (name: string, code: "no_audio_track" | "damaged_media", message: string, agoMs: number) =>
    newJob({ name, state: "failed", error: { code, message }, created_at: ago(agoMs), attempts: 1 });
  return [
    newJob({
      name: "Лекция 4. Реки и долины.mp4",
      state: "uploading",
      created_at: ago(60 * kSecond),
      upload: { id: mockId(), received_bytes: 301_000_000, size_bytes: 734_003_200 },
    }),
    newJob({ name: "Interview with Dr. Okafor.m4a", state: "queued", queue_position: 1, created_at: ago(90 * kSecond) }),
    doneJob("Совещание №1 (запись).mp4", "ru", 240 * kSecond, 2 * kHour),
    doneJob("Geography 101 – how rivers shape the land.mp4", "en", 300 * kSecond, 5 * kHour, {
      warnings: [{ code: "damaged_sound", message: "3 of 12918 packets of sound are damaged and were left out: words may be missing there" }],
    }),
    failed("screen recording 2026-11-20.mov", "no_audio_track", "screen recording 2026-11-20.mov has no audio track; record it with sound", 20 * kHour),
    newJob({ name: "podcast_draft.wav", state: "cancelled", created_at: ago(30 * kHour), duration_ms: 1800 * kSecond, audio_done_ms: 600 * kSecond }),
    doneJob("forest-ambience.flac", "en", 120 * kSecond, 50 * kHour),
    doneJob("حوار عن النهر.mp3", "ar", 60 * kSecond, 80 * kHour),
    failed("holiday_part2.mp4", "damaged_media", "holiday_part2.mp4: damaged or incomplete: the index at the end is missing", 100 * kHour),
    doneJob("conference-day-1-full-recording.mkv", "en", 10 * kHour, 120 * kHour),
  ];
}

export function seedSegments(job: Job): Segment[] {
  if (job.name.startsWith("forest")) return [];
  const doneMs = job.state === "done" || job.state === "cancelled" ? job.audio_done_ms : 0;
  const windows = Array.from({ length: Math.ceil(doneMs / 30_000) }, (_, window) => segmentsOfWindow(window, job.language ?? "en"));
  return windows.flat().map((segment, index) => (job.name.startsWith("Geography") ? withOddities(segment, index) : segment));
}

// A remark in another language, and a place that nobody could understand.
function withOddities(segment: Segment, index: number): Segment {
  if (index === 9) return { ...segment, text: "", words: [], kind: "unintelligible" };
  if (index !== 11) return segment;
  const words = "Pardon, je n'ai pas compris la question.";
  return { ...makeSegment(segment.window, segment.start_ms, segment.end_ms - segment.start_ms, words, segment.id), language: "fr" };
}
