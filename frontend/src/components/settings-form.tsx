// Spoken language, kind of text and model, and below what few need: for the next files, or for converting a file again.
import { useId } from "react";
import type { ChosenSettings } from "../api/settings";
import type { Model, ModelDownload } from "../api/types";
import type { Messages } from "../i18n/en";
import { useI18n, type I18n } from "../i18n/i18n";
import { FinerSettings } from "./finer-settings";
import { LanguageOptions } from "./language-options";
import { Select } from "./select";
import styles from "./settings-form.module.css";

interface SettingsFormProps {
  settings: ChosenSettings;
  onChange: (settings: ChosenSettings) => void;
  models: readonly Model[];
  downloads: readonly ModelDownload[];
  modelsFailed?: boolean;
  isForOneFile?: boolean; // whose sound tracks can be counted
}

export function SettingsForm({ settings, onChange, models, downloads, modelsFailed = false, isForOneFile = false }: SettingsFormProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const hintId = useId();
  const model = models.find(({ name }) => name === settings.model) ?? models.find((candidate) => candidate.is_default);
  return (
    <div className={styles["settings"]}>
      <Select label={t.options.language} value={settings.language ?? ""} onChange={(language) => onChange({ ...settings, language: language || null })}>
        <option value="">{t.options.languageAuto}</option>
        <LanguageOptions />
      </Select>
      <Select
        label={t.options.task}
        value={settings.task ?? "transcribe"}
        onChange={(task) => onChange({ ...settings, task: task === "translate" ? "translate" : "transcribe" })}
      >
        <option value="transcribe">{t.options.taskTranscribe}</option>
        <option value="translate">{t.options.taskTranslate}</option>
      </Select>
      <Select
        label={t.options.model}
        value={model?.name ?? ""}
        describedBy={hintId}
        onChange={(name) => onChange({ ...settings, model: name })}
      >
        {models.length === 0 && <option value="">{t.options.modelDefault}</option>}
        {models.map((candidate) => (
          <option key={candidate.name} value={candidate.name}>
            {modelLabel(candidate, i18n)}
          </option>
        ))}
      </Select>
      <p className={styles["hint"]} id={hintId}>
        {modelsFailed && t.options.modelsFailed}
        {model && modelHint(model, downloads, i18n)}
        {model && <ModelWarning model={model} settings={settings} />}
      </p>
      <FinerSettings settings={settings} onChange={onChange} hasTracks={isForOneFile} />
    </div>
  );
}

function modelLabel(model: Model, { format }: I18n): string {
  const size = model.size_bytes > 0 ? ` · ${format.bytes(model.size_bytes)}` : "";
  const mark = model.is_downloaded ? "" : " ↓";
  return `${model.name}${size}${mark}`;
}

function modelKind(name: string): keyof Messages["models"] {
  const short = name.toLowerCase().split("/").pop() ?? "";
  if (short.includes("distil")) return "distil";
  if (short.includes("turbo")) return "turbo";
  const kinds = ["large", "medium", "small", "base", "tiny"] as const;
  return kinds.find((kind) => short === kind || new RegExp(`(^|-)${kind}([.-]|$)`).test(short)) ?? "other";
}

function modelHint(model: Model, downloads: readonly ModelDownload[], { t, format }: I18n): string {
  const download = downloads.find((candidate) => candidate.model === model.name);
  const size = format.bytes(model.size_bytes);
  let where = t.options.modelUnknownSize;
  if (download && download.bytes_total > 0) where = t.options.modelLoading({ percent: format.percent(download.bytes_done / download.bytes_total) });
  else if (model.is_downloaded) where = t.options.modelHere({ size });
  else if (model.size_bytes > 0) where = t.options.modelToLoad({ size });
  return `${model.name}: ${where}. ${t.models[modelKind(model.name)]}`;
}

function ModelWarning({ model, settings }: { model: Model; settings: ChosenSettings }) {
  const { t } = useI18n();
  const kind = modelKind(model.name);
  const isEnglishOnly = model.name.endsWith(".en") || kind === "distil";
  const warning =
    settings.task === "translate" && (kind === "turbo" || isEnglishOnly)
      ? t.options.warnNoTranslation
      : isEnglishOnly && settings.language && settings.language !== "en"
        ? t.options.warnEnglishOnly
        : null;
  return warning && <span className={styles["warning"]}>{warning}</span>;
}
