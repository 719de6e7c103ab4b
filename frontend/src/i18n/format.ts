// Numbers, sizes, durations, dates and plurals as people of a language write them, through Intl.
export type Locale = "en" | "ru";

// The forms that a language's plurals need; "other" also serves fractions.
export type PluralForms<Category extends string> = Record<Category, string>;

export function pluralIn<Category extends string>(locale: Locale) {
  const rules = new Intl.PluralRules(locale);
  return (count: number, forms: PluralForms<Category | "other">): string =>
    (forms as Record<string, string>)[rules.select(count)] ?? forms.other;
}

export interface Format {
  number(value: number, digits?: number): string;
  percent(fraction: number): string;
  bytes(count: number): string;
  duration(ms: number): string; // 1 hr 5 min; 42 sec
  spokenTime(ms: number): string; // in full words, to the second: 1 hour 5 minutes 12 seconds
  roughDuration(seconds: number): string; // as exact as an estimate deserves
  moment(iso: string): string; // 23 Nov, 14:05
  languageName(code: string): string;
}

const kByteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

function bytesFormat(locale: Locale): Format["bytes"] {
  return (count) => {
    const power = count < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(count) / 3));
    const value = count / 1000 ** power;
    const digits = power >= 2 && value < 100 ? 1 : 0;
    const options = { style: "unit", unit: kByteUnits[power], unitDisplay: power === 0 ? "long" : "short" } as const;
    return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: digits }).format(value);
  };
}

function durationFormat(locale: Locale) {
  const unit = (value: number, name: "hour" | "minute" | "second") =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);
  return (ms: number): string => {
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) return unit(seconds, "second");
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return seconds % 60 === 0 ? unit(minutes, "minute") : `${unit(minutes, "minute")} ${unit(seconds % 60, "second")}`;
    const hours = Math.floor(minutes / 60);
    return minutes % 60 === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
  };
}

function spokenTimeFormat(locale: Locale): Format["spokenTime"] {
  const units = (["hour", "minute", "second"] as const).map((unit) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }));
  return (ms) => {
    const seconds = Math.floor(Math.max(0, ms) / 1000);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const said = parts.flatMap((part, index) => (part > 0 ? [units[index]?.format(part) ?? ""] : []));
    return said.length > 0 ? said.join(" ") : (units[2]?.format(0) ?? "");
  };
}

// An estimate that changes with every glance is noise: fives below a minute, tens below two, whole minutes above.
function roundForReading(seconds: number): number {
  if (seconds < 60) return Math.max(5, Math.ceil(seconds / 5) * 5);
  if (seconds < 120) return Math.ceil(seconds / 10) * 10;
  if (seconds < 3600) return Math.ceil(seconds / 60) * 60;
  return Math.ceil(seconds / 300) * 300;
}

function languageNames(locale: Locale): Format["languageName"] {
  const names = new Intl.DisplayNames(locale, { type: "language", fallback: "code" });
  return (code) => {
    try {
      const name = names.of(code === "jw" ? "jv" : code) ?? code;
      return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
    } catch {
      return code;
    }
  };
}

export function formatIn(locale: Locale): Format {
  const duration = durationFormat(locale);
  const moments = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const momentsWithYear = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  return {
    number: (value, digits = 0) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    percent: (fraction) =>
      new Intl.NumberFormat(locale, { style: "percent" }).format(Math.floor(Math.min(1, Math.max(0, fraction)) * 100) / 100),
    bytes: bytesFormat(locale),
    duration,
    spokenTime: spokenTimeFormat(locale),
    roughDuration: (seconds) => duration(roundForReading(seconds) * 1000),
    moment: (iso) => {
      const date = new Date(iso);
      if (Number.isNaN(date.getTime())) return iso;
      return (date.getFullYear() === new Date().getFullYear() ? moments : momentsWithYear).format(date);
    },
    languageName: languageNames(locale),
  };
}
