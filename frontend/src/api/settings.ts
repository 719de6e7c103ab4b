// The settings that the next files get, as the user last chose them.
import { readJson, writeJson } from "../lib/storage";
import { Store } from "../lib/store";
import type { NewJobSettings } from "./types";

export type ChosenSettings = Pick<NewJobSettings, "model" | "language" | "task">;

const kKey = "v2t.settings";

function remembered(): ChosenSettings {
  const value = (readJson(kKey) ?? {}) as Record<string, unknown>;
  const settings: ChosenSettings = {};
  if (typeof value["model"] === "string") settings.model = value["model"];
  if (typeof value["language"] === "string") settings.language = value["language"];
  if (value["task"] === "translate") settings.task = "translate";
  return settings;
}

export const settingsStore = new Store<ChosenSettings>({});

export function startSettings(): void {
  settingsStore.set(remembered());
}

export function chooseSettings(settings: ChosenSettings): void {
  writeJson(kKey, settings);
  settingsStore.set(settings);
}
