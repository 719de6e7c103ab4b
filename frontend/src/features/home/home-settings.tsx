// How the next files are converted, and whether all of a video travels.
import { useId } from "react";
import { useModels } from "../../api/server";
import { chooseSettings, chooseSoundOnly, settingsStore, soundOnlyStore } from "../../api/settings";
import { SettingsForm } from "../../components/settings-form";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import styles from "./home.module.css";

// `isFolded`: whoever has been here before wants to see the files.
export function HomeSettings({ isFolded }: { isFolded: boolean }) {
  return isFolded ? <Folded /> : <Settings />;
}

function Settings() {
  const models = useModels();
  const settings = useStore(settingsStore);
  return (
    <div className={styles["settings"]}>
      <SettingsForm
        settings={settings}
        onChange={chooseSettings}
        models={models.data?.models ?? []}
        downloads={models.data?.downloads ?? []}
        modelsFailed={models.isError}
      />
      <SoundOnly />
    </div>
  );
}

// What is set stands in a line, which opens.
function Folded() {
  const { t, format } = useI18n();
  const models = useModels().data?.models ?? [];
  const { language, task, model } = useStore(settingsStore);
  const isSoundOnly = useStore(soundOnlyStore);
  const facts = [
    language ? format.languageName(language) : t.options.languageAuto,
    task === "translate" ? t.options.taskTranslate : t.options.taskTranscribe,
    model ?? models.find(({ is_default }) => is_default)?.name ?? t.options.modelDefault,
    isSoundOnly ? t.options.soundOnlyBrief : null,
  ];
  return (
    <details className={styles["folded"]}>
      <summary>
        {t.options.title} <span>{facts.filter((fact) => fact !== null).join(" · ")}</span>
      </summary>
      <Settings />
    </details>
  );
}

function SoundOnly() {
  const { t } = useI18n();
  const isWanted = useStore(soundOnlyStore);
  const hint = useId();
  return (
    <div className={styles["soundOnly"]}>
      <label>
        <input type="checkbox" checked={isWanted} aria-describedby={hint} onChange={(event) => chooseSoundOnly(event.target.checked)} />
        {t.options.soundOnly}
      </label>
      <p id={hint}>{t.options.soundOnlyHint}</p>
    </div>
  );
}
