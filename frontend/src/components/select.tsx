// A choice from a list, with its label: the browser's own list, which every keyboard, phone and reader knows.
import { useId, type ReactNode } from "react";
import styles from "./field.module.css";
import { Icon } from "./icon";

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode; // options
  compact?: boolean; // the label is only read out
  face?: ReactNode; // what is shown for the value where there is no room for its words
  describedBy?: string | undefined;
}

export function Select({ label, value, onChange, children, compact = false, face, describedBy }: SelectProps) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={compact ? "visually-hidden" : styles["label"]}>
        {label}
      </label>
      <div className={styles["box"]}>
        <select
          id={id}
          value={value}
          aria-describedby={describedBy}
          title={compact ? label : undefined}
          className={`${styles["select"]} ${compact ? styles["compact"] : ""}`}
          onChange={(event) => onChange(event.target.value)}
        >
          {children}
        </select>
        <Icon name="down" size={16} />
        {face && (
          <span className={styles["face"]} aria-hidden="true">
            {face}
          </span>
        )}
      </div>
    </div>
  );
}
