// The settings that the next files get, as the user last chose them.
import { readJson, writeJson } from "../lib/storage";
import { Store } from "../lib/store";
import type { NewJobSettings } from "./types";

// Times of words are always wanted: the editor lives on them.
export type ChosenSettings = Omit<NewJobSettings, "word_timestamps">;

const kKey = "v2t.settings";

function remembered(): ChosenSettings {
  const value = (readJson(kKey) ?? {}) as Record<string, unknown>;
  const settings: ChosenSettings = {};
  if (typeof value["model"] === "string") settings.model = value["model"];
  if (typeof value["language"] === "string") settings.language = value["language"];
  if (value["task"] === "translate") settings.task = "translate";
  if (isTexts(value["languages"])) settings.languages = value["languages"];
  if (isTexts(value["hotwords"])) settings.hotwords = value["hotwords"];
  if (typeof value["initial_prompt"] === "string") settings.initial_prompt = value["initial_prompt"];
  if (typeof value["beam_size"] === "number") settings.beam_size = value["beam_size"];
  return settings;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
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
