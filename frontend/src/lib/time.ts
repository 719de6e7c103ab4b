// A place in a recording as a clock: 0:07, 12:34, 1:02:03.
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

// To the hundredth, for whoever sets times: 0:07.25.
export function preciseClock(ms: number): string {
  const hundredths = Math.round(Math.max(0, ms) / 10);
  return `${clock(Math.floor(hundredths / 100) * 1000)}.${String(hundredths % 100).padStart(2, "0")}`;
}

// What people type for a time: 7.25, 0:07,25, 1:02:03. null: it is none.
export function parseClock(text: string): number | null {
  const match = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5}(?:[.,]\d{1,3})?)\s*$/.exec(text);
  if (!match) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(",", "."))) * 1000);
}
