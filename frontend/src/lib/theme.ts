// Dark or light: as the system says, unless the user chose.
import { readText, writeText } from "./storage";
import { Store } from "./store";

export const kThemes = ["system", "light", "dark"] as const;
export type Theme = (typeof kThemes)[number];

const kKey = "v2t.theme";

function remembered(): Theme {
  const text = readText(kKey);
  return kThemes.find((theme) => theme === text) ?? "system";
}

function show(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export const themeStore = new Store<Theme>("system");

export function startTheme(): void {
  themeStore.set(remembered());
  show(themeStore.get());
}

export function chooseTheme(theme: Theme): void {
  writeText(kKey, theme === "system" ? null : theme);
  themeStore.set(theme);
  show(theme);
}
