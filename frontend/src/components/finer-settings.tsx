// What helps with difficult recordings, folded away: words to listen for, languages that may be heard, how hard to search, which track.
import { useId, useState } from "react";
import type { ChosenSettings } from "../api/settings";
import { useI18n } from "../i18n/i18n";
import { Icon } from "./icon";
import { LanguageOptions } from "./language-options";
import { Select } from "./select";
import styles from "./finer-settings.module.css";

// The limits of openapi.yaml.
const kMostTerms = 200;
const kLongestTerm = 100;
const kLongestPrompt = 2000;
const kBeams = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const kTracks = [1, 2, 3, 4, 5, 6, 7, 8, 9];

interface FinerSettingsProps {
  settings: ChosenSettings;
  onChange: (settings: ChosenSettings) => void;
  hasTracks: boolean;
}

export function FinerSettings({ settings, onChange, hasTracks }: FinerSettingsProps) {
  const { t, format } = useI18n();
  const { hotwords = [], languages = [], initial_prompt = "", beam_size = null, audio_track = null } = settings;
  const isAuto = !settings.language;
  const numberOf = (text: string) => (text === "" ? null : Number(text));
  const isUsed = hotwords.length > 0 || (isAuto && languages.length > 0) || initial_prompt !== "" || beam_size !== null || audio_track !== null;
  const [isOpen] = useState(isUsed); // as it was found; from then on it is the user's
  return (
    <details className={styles["finer"]} open={isOpen}>
      <summary>
        {t.options.finer}
        {isUsed && <span className={styles["used"]}>{t.options.finerUsed}</span>}
      </summary>
      <div className={styles["fields"]}>
        <Terms terms={hotwords} onChange={(terms) => onChange({ ...settings, hotwords: terms })} />
        {isAuto && <Languages chosen={languages} onChange={(codes) => onChange({ ...settings, languages: codes })} />}
        <Prompt text={initial_prompt} onChange={(text) => onChange({ ...settings, initial_prompt: text })} />
        <Select label={t.options.beam} value={String(beam_size ?? "")} onChange={(size) => onChange({ ...settings, beam_size: numberOf(size) })}>
          <option value="">{t.options.beamDefault}</option>
          {kBeams.map((size) => (
            <option key={size} value={size}>
              {t.options.beamSize({ n: size, count: format.number(size) })}
            </option>
          ))}
        </Select>
        {hasTracks && (
          <Select label={t.options.track} value={String(audio_track ?? "")} onChange={(track) => onChange({ ...settings, audio_track: numberOf(track) })}>
            <option value="">{t.options.trackDefault}</option>
            {kTracks.map((track) => (
              <option key={track} value={track}>
                {format.number(track)}
              </option>
            ))}
          </Select>
        )}
      </div>
    </details>
  );
}

export function termsOf(text: string): string[] {
  const terms = text.split(/[\n,;]/).map((term) => term.trim().slice(0, kLongestTerm));
  return [...new Set(terms)].filter((term) => term !== "").slice(0, kMostTerms);
}

function Terms({ terms, onChange }: { terms: readonly string[]; onChange: (terms: string[]) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState(() => terms.join("\n"));
  const [id, hint] = [useId(), useId()];
  const take = (typed: string) => {
    setText(typed);
    onChange(termsOf(typed));
  };
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{t.options.terms}</label>
      <textarea id={id} rows={3} dir="auto" value={text} aria-describedby={hint} onChange={(event) => take(event.target.value)} />
      <p id={hint}>{t.options.termsHint}</p>
    </div>
  );
}

function Prompt({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useI18n();
  const [id, hint] = [useId(), useId()];
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{t.options.prompt}</label>
      <textarea id={id} rows={3} dir="auto" value={text} maxLength={kLongestPrompt} aria-describedby={hint} onChange={(event) => onChange(event.target.value)} />
      <p id={hint}>{t.options.promptHint}</p>
    </div>
  );
}

function Languages({ chosen, onChange }: { chosen: readonly string[]; onChange: (codes: string[]) => void }) {
  const { t, format } = useI18n();
  const hint = useId();
  return (
    <div className={styles["field"]}>
      <Select label={t.options.among} value="" describedBy={hint} onChange={(code) => code && onChange([...chosen, code])}>
        <option value="">{chosen.length === 0 ? t.options.amongAll : t.options.amongAdd}</option>
        <LanguageOptions without={chosen} />
      </Select>
      {chosen.length > 0 && (
        <ul className={styles["chosen"]}>
          {chosen.map((code) => (
            <li key={code}>
              <button
                type="button"
                aria-label={t.options.amongRemove({ language: format.languageName(code) })}
                onClick={() => onChange(chosen.filter((other) => other !== code))}
              >
                {format.languageName(code)}
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <p id={hint}>{t.options.amongHint}</p>
    </div>
  );
}
