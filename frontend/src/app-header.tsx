// The bar on top: whose page this is, its language and its colours.
import { Icon } from "./components/icon";
import { Select } from "./components/select";
import { chooseLocale, kLocales, kMessages, useI18n } from "./i18n/i18n";
import { hrefOf } from "./lib/route";
import { chooseTheme, kThemes, themeStore } from "./lib/theme";
import { useStore } from "./lib/use-store";
import styles from "./app.module.css";

const kThemeIcons = { system: "halves", light: "sun", dark: "moon" } as const;

export function AppHeader() {
  const { t, locale } = useI18n();
  const theme = useStore(themeStore);
  return (
    <header className={styles["header"]}>
      <a className={styles["brand"]} href={hrefOf({ screen: "home" })}>
        <img src="/favicon.svg" width="28" height="28" alt="" />
        {t.appName}
      </a>
      <a className={styles["search"]} href={hrefOf({ screen: "search", query: "" })}>
        <Icon name="search" />
        <span>{t.search.title}</span>
      </a>
      <Select
        compact
        label={t.theme.label}
        face={<Icon name={kThemeIcons[theme]} />}
        value={theme}
        onChange={(value) => chooseTheme(kThemes.find((known) => known === value) ?? "system")}
      >
        {kThemes.map((value) => (
          <option key={value} value={value}>
            {t.theme[value]}
          </option>
        ))}
      </Select>
      <Select
        compact
        label={t.languageLabel}
        face={locale.toUpperCase()}
        value={locale}
        onChange={(value) => chooseLocale(kLocales.find((known) => known === value) ?? "en")}
      >
        {kLocales.map((value) => (
          <option key={value} value={value} lang={value}>
            {kMessages[value].languageSelf}
          </option>
        ))}
      </Select>
    </header>
  );
}
