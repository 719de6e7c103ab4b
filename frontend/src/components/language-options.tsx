// The languages that can be spoken, as options of a list: the frequent ones first, then all by their names.
import { useMemo } from "react";
import { useI18n } from "../i18n/i18n";
import { kFrequentLanguages, kSpokenLanguages } from "../i18n/languages";

export function LanguageOptions({ without = [] }: { without?: readonly string[] }) {
  const { t, format, locale } = useI18n();
  const all = useMemo(() => {
    const collator = new Intl.Collator(locale);
    const named = kSpokenLanguages.map((code) => ({ code, name: format.languageName(code) }));
    return named.sort((a, b) => collator.compare(a.name, b.name));
  }, [format, locale]);
  const isFree = (code: string) => !without.includes(code);
  return (
    <>
      <optgroup label={t.options.languageFrequent}>
        {kFrequentLanguages.filter(isFree).map((code) => (
          <option key={code} value={code}>
            {format.languageName(code)}
          </option>
        ))}
      </optgroup>
      <optgroup label={t.options.languageAll}>
        {all
          .filter(({ code }) => isFree(code) && !kFrequentLanguages.includes(code))
          .map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
      </optgroup>
    </>
  );
}
