// How far something is; without a fraction, that it goes on.
import styles from "./progress-bar.module.css";

interface ProgressBarProps {
  label: string;
  fraction: number | null;
  stalled?: boolean;
}

export function ProgressBar({ label, fraction, stalled = false }: ProgressBarProps) {
  const percent = fraction === null ? undefined : Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  const classes = [styles["fill"], fraction === null && styles["endless"], stalled && styles["stalled"]].filter(Boolean);
  return (
    <div className={styles["track"]} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div className={classes.join(" ")} style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}
