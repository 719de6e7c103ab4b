// Which rules subtitles are shaped by: a published set, and numbers of one's own instead.
import { useId } from "react";
import { useSubtitlePresets, type SubtitleChoice } from "../../api/results";
import type { SubtitleRules } from "../../api/types";
import { Select } from "../../components/select";
import { useI18n } from "../../i18n/i18n";
import styles from "./subtitle-rules.module.css";

const kNumbers: { key: keyof SubtitleRules; min: number; max: number; step: number; per: number }[] = [
  { key: "line_columns", min: 10, max: 200, step: 1, per: 1 },
  { key: "max_lines", min: 1, max: 5, step: 1, per: 1 },
  { key: "max_cps", min: 5, max: 100, step: 1, per: 1 },
  { key: "min_ms", min: 0, max: 10, step: 0.1, per: 1000 },
  { key: "max_ms", min: 1, max: 60, step: 0.5, per: 1000 },
  { key: "gap_ms", min: 0, max: 2, step: 0.01, per: 1000 },
];

interface RulesFormProps {
  choice: SubtitleChoice;
  onChange: (choice: SubtitleChoice) => void;
}

export function RulesForm({ choice, onChange }: RulesFormProps) {
  const { t } = useI18n();
  const presets = useSubtitlePresets(true).data?.presets ?? [];
  const preset = presets.find(({ name }) => name === (choice.preset ?? "standard")) ?? presets[0];
  const hasOwn = kNumbers.some(({ key }) => choice[key] !== undefined);
  const set = (key: keyof SubtitleRules, value: number | undefined) => {
    const { [key]: _old, ...rest } = choice;
    onChange(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <div className={styles["form"]}>
      <Select label={t.subtitles.preset} value={preset?.name ?? "standard"} onChange={(name) => onChange({ preset: name })}>
        {presets.length === 0 && <option value="standard">{t.subtitles.presetNames.standard}</option>}
        {presets.map(({ name }) => (
          <option key={name} value={name}>
            {(t.subtitles.presetNames as Record<string, string>)[name] ?? name}
          </option>
        ))}
      </Select>
      {preset && (
        <details className={styles["own"]} open={hasOwn || undefined}>
          <summary>{t.subtitles.own}</summary>
          <div className={styles["numbers"]}>
            {kNumbers.map(({ key, min, max, step, per }) => (
              <RuleNumber
                key={`${key} ${preset.name}`}
                label={t.subtitles.rules[key]}
                value={(choice[key] ?? preset.rules[key]) / per}
                limits={{ min, max, step }}
                onChange={(value) => set(key, value === preset.rules[key] / per ? undefined : Math.round(value * per * 100) / 100)}
              />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

interface RuleNumberProps {
  label: string;
  value: number;
  limits: { min: number; max: number; step: number };
  onChange: (value: number) => void;
}

function RuleNumber({ label, value, limits, onChange }: RuleNumberProps) {
  const id = useId();
  return (
    <div className={styles["number"]}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        {...limits}
        defaultValue={value}
        onChange={({ currentTarget: field }) => field.value !== "" && field.validity.valid && onChange(field.valueAsNumber)}
      />
    </div>
  );
}
