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

// Whether videos stay here and only their sound is sent.
const kSoundKey = "v2t.soundOnly";
export const soundOnlyStore = new Store<boolean>(true);

export function isSoundOnlyWanted(): boolean {
  return soundOnlyStore.get();
}

export function chooseSoundOnly(isWanted: boolean): void {
  writeJson(kSoundKey, isWanted);
  soundOnlyStore.set(isWanted);
}

export function startSettings(): void {
  soundOnlyStore.set(readJson(kSoundKey) !== false);
  settingsStore.set(remembered());
}

export function chooseSettings(settings: ChosenSettings): void {
  writeJson(kKey, settings);
  settingsStore.set(settings);
}
