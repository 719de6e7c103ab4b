// A job's stage as a word with a coloured dot.
import { toneOf, type JobStage } from "../api/job-view";
import { useI18n } from "../i18n/i18n";
import styles from "./stage-badge.module.css";

export function StageBadge({ stage }: { stage: JobStage }) {
  const { t } = useI18n();
  return <span className={`${styles["badge"]} ${styles[toneOf(stage)]}`}>{t.state[stage]}</span>;
}
