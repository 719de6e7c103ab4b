// Below the last line: that more is coming, or why there is nothing.
import { useMemo } from "react";
import type { Job } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import styles from "./transcript.module.css";

export function TextEnd({ job, isEmpty, isLoading }: { job: Job; isEmpty: boolean; isLoading: boolean }) {
  const { t } = useI18n();
  const words = useMemo(() => endWords(job, isEmpty, isLoading, t), [job, isEmpty, isLoading, t]);
  if (!words) return null;
  const isRunning = job.state === "running";
  return (
    <div className={isEmpty ? styles["empty"] : styles["end"]}>
      {isRunning && (
        <span className={styles["dots"]} aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
      <p>{words}</p>
      {isEmpty && job.state === "done" && <p className={styles["emptyHint"]}>{t.transcript.emptyDoneHint}</p>}
    </div>
  );
}

function endWords(job: Job, isEmpty: boolean, isLoading: boolean, t: ReturnType<typeof useI18n>["t"]): string | null {
  if (isLoading) return t.transcript.loading;
  const words: Record<Job["state"], [string, string | null]> = {
    uploading: [t.transcript.emptyWaiting, null],
    queued: [t.transcript.emptyWaiting, t.transcript.growing],
    running: [t.transcript.emptyRunning, t.transcript.growing],
    done: [t.transcript.emptyDone, null],
    failed: [t.transcript.emptyFailed, t.transcript.partial],
    cancelled: [t.transcript.emptyCancelled, t.transcript.partial],
  };
  return words[job.state][isEmpty ? 0 : 1];
}
