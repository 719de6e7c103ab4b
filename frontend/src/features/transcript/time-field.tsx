// A time that can be typed, or nudged by buttons and by the arrow keys.
import { useState, type KeyboardEvent } from "react";
import { useI18n } from "../../i18n/i18n";
import { parseClock, preciseClock } from "../../lib/time";
import styles from "./time-field.module.css";

export const kNudgeMs = 100;

interface TimeFieldProps {
  label: string;
  value: number;
  onChange: (ms: number) => void;
}

export function TimeField({ label, value, onChange }: TimeFieldProps) {
  const { t } = useI18n();
  const [typed, setTyped] = useState<string | null>(null);
  const take = () => {
    const ms = typed === null ? null : parseClock(typed);
    if (ms !== null) onChange(ms);
    setTyped(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") onChange(value + (event.key === "ArrowUp" ? kNudgeMs : -kNudgeMs));
    else if (event.key === "Enter") take();
    else if (event.key === "Escape" && typed !== null) setTyped(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className={styles["box"]} role="group" aria-label={label}>
      <button type="button" aria-label={t.editor.earlier({ what: label })} title={t.editor.earlier({ what: label })} onClick={() => onChange(value - kNudgeMs)}>
        −
      </button>
      <input
        aria-label={label}
        title={label}
        inputMode="decimal"
        value={typed ?? preciseClock(value)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={onKeyDown}
      />
      <button type="button" aria-label={t.editor.later({ what: label })} title={t.editor.later({ what: label })} onClick={() => onChange(value + kNudgeMs)}>
        +
      </button>
    </span>
  );
}
