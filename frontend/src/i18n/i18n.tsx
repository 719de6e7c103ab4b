// The page's language: from the user's choice, else from the browser; words and formats for components.
import { useMemo, type ReactNode } from "react";
import { createContext, use } from "react";
import { readText, writeText } from "../lib/storage";
import { Store } from "../lib/store";
import { useStore } from "../lib/use-store";
import { en, type Messages } from "./en";
import { formatIn, type Format, type Locale } from "./format";
import { ru } from "./ru";

export const kMessages: Record<Locale, Messages> = { en, ru };
export const kLocales = Object.keys(kMessages) as Locale[];

const kKey = "v2t.language";

export function pickLocale(preferred: readonly string[]): Locale {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split("-")[0];
    const known = kLocales.find((locale) => locale === base);
    if (known) return known;
    // Readers of these languages mostly read Russian more easily than English.
    if (base === "be" || base === "kk" || base === "ky") return "ru";
  }
  return "en";
}

export const localeStore = new Store<Locale>("en");

export function startLocale(): void {
  const remembered = readText(kKey);
  localeStore.set(kLocales.find((locale) => locale === remembered) ?? pickLocale(navigator.languages));
}

export function chooseLocale(locale: Locale): void {
  writeText(kKey, locale);
  localeStore.set(locale);
}

export interface I18n {
  locale: Locale;
  t: Messages;
  format: Format;
}

const I18nContext = createContext<I18n>({ locale: "en", t: en, format: formatIn("en") });

export function I18nProvider({ children }: { children: ReactNode }) {
  const locale = useStore(localeStore);
  const value = useMemo(() => ({ locale, t: kMessages[locale], format: formatIn(locale) }), [locale]);
  return <I18nContext value={value}>{children}</I18nContext>;
}

export function useI18n(): I18n {
  return use(I18nContext);
}
