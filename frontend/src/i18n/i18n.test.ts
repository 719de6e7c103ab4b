// The words: complete in every language, right plurals, formats as people write them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIn } from "./format";
import { kLocales, kMessages, pickLocale } from "./i18n";
import { kFrequentLanguages, kSpokenLanguages } from "./languages";

type Tree = { [key: string]: Tree | string | ((...args: never[]) => string) };

function paths(tree: Tree, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" ? paths(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function texts(tree: Tree): string[] {
  return Object.values(tree).flatMap((value) => (typeof value === "object" ? texts(value) : typeof value === "string" ? [value] : []));
}

// The codes that the contract knows, and those of the page itself.
function errorCodes(): string[] {
  const contract = readFileSync(join(process.cwd(), "../backend/openapi.yaml"), "utf8");
  const listed = /^ {4}ErrorCode:\n(?: {6}.*\n)*? {6}enum:\n((?: {8}- \w+\n)+)/m.exec(contract)?.[1] ?? "";
  return [...[...listed.matchAll(/- (\w+)/g)].map(([, code = ""]) => code), "network", "unreadable_file"];
}

describe("words", () => {
  it.each(kLocales)("exist for everything in %s", (locale) => {
    expect(paths(kMessages[locale]).sort()).toEqual(paths(kMessages.en).sort());
    expect(texts(kMessages[locale]).filter((text) => text.trim() === "")).toEqual([]);
  });
  it.each(kLocales)("say for every error code what happened and what to do, in %s", (locale) => {
    const { errors } = kMessages[locale];
    expect(errorCodes().length).toBeGreaterThan(15);
    expect(Object.keys(errors).sort()).toEqual(errorCodes().sort());
    expect(Object.values(errors).filter(({ what, todo }) => !/\.$/.test(what) || !/\.$/.test(todo))).toEqual([]);
  });
});

describe("plurals", () => {
  const count = (n: number) => kMessages.ru.library.count({ n, count: String(n) });
  it("are right in Russian", () => {
    expect([1, 2, 5, 11, 21, 22, 25, 101, 111].map(count)).toEqual([
      "1 файл",
      "2 файла",
      "5 файлов",
      "11 файлов",
      "21 файл",
      "22 файла",
      "25 файлов",
      "101 файл",
      "111 файлов",
    ]);
  });
  it("are right in English", () => {
    expect([0, 1, 2].map((n) => kMessages.en.library.count({ n, count: String(n) }))).toEqual(["0 files", "1 file", "2 files"]);
  });
});

describe("formats", () => {
  const en = formatIn("en");
  const ru = formatIn("ru");
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
  it("write sizes with the units of the language", () => {
    expect([0, 999, 1500, 147_882_941, 21_474_836_480].map((n) => plain(en.bytes(n)))).toEqual(["0 bytes", "999 bytes", "2 kB", "148 MB", "21.5 GB"]);
    expect(plain(ru.bytes(12_300_000))).toBe("12,3 МБ");
  });
  it("write durations", () => {
    expect([42_000, 60_000, 125_000, 3_900_000].map((ms) => plain(en.duration(ms)))).toEqual(["42 sec", "1 min", "2 min 5 sec", "1 hr 5 min"]);
    expect(plain(ru.duration(3_900_000))).toBe("1 ч 5 мин");
  });
  it("say a place in a recording in full words", () => {
    expect([0, 72_400, 3_600_000].map((ms) => plain(en.spokenTime(ms)))).toEqual(["0 seconds", "1 minute 12 seconds", "1 hour"]);
    expect(plain(ru.spokenTime(3_722_000))).toBe("1 час 2 минуты 2 секунды");
  });
  it("round estimates to what can be believed", () => {
    expect([1, 42, 61, 121, 3000, 4000].map((s) => plain(en.roughDuration(s)))).toEqual(["5 sec", "45 sec", "1 min 10 sec", "3 min", "50 min", "1 hr 10 min"]);
  });
  it("never say 100 % before the end", () => {
    expect([0, 0.999, 1].map((n) => plain(ru.percent(n)))).toEqual(["0 %", "99 %", "100 %"]);
  });
  it("name languages in the language of the page", () => {
    expect([en.languageName("ru"), ru.languageName("en"), en.languageName("jw")]).toEqual(["Russian", "Английский", "Javanese"]);
  });
  it("know a name for every language that can be spoken", () => {
    const nameless = kSpokenLanguages.filter((code) => en.languageName(code).toLowerCase() === code);
    expect(nameless).toEqual([]);
    expect(kFrequentLanguages.every((code) => kSpokenLanguages.includes(code))).toBe(true);
  });
});

describe("the first language", () => {
  it("is the first known one of the browser's", () => {
    expect(pickLocale(["de-DE", "ru-RU", "en"])).toBe("ru");
    expect(pickLocale(["en-US", "ru"])).toBe("en");
    expect(pickLocale(["fr", "ja"])).toBe("en");
    expect(pickLocale(["be-BY", "en"])).toBe("ru");
  });
});
