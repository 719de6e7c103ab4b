// One file of the user's: its name, its state, and what can be done with it now.
import { useState } from "react";
import { asApiError } from "../../api/errors";
import { stageOf } from "../../api/job-view";
import { isFinal, type Job } from "../../api/types";
import type { UploadItem } from "../../api/upload-machine";
import { Button, IconButton } from "../../components/button";
import { FilePicker } from "../../components/file-picker";
import { Icon } from "../../components/icon";
import { JobProgress } from "../../components/job-progress";
import { wordsOf } from "../../components/problem";
import { Rename } from "../../components/rename";
import { StageBadge } from "../../components/stage-badge";
import { useI18n } from "../../i18n/i18n";
import { looksLikeAudio } from "../../lib/media-kind";
import { hrefOf } from "../../lib/route";
import { clock } from "../../lib/time";
import { useGrowing } from "../../lib/use-growing";
import styles from "./library.module.css";

interface JobRowProps {
  job: Job;
  upload: UploadItem | undefined;
  problem: Error | null;
  isRetrying: boolean;
  onRename: (name: string) => void;
  onCancel: () => void;
  onDelete: () => void;
  onRetry: () => void;
  onResume: (file: File) => void;
}

export function JobRow(props: JobRowProps) {
  const { job, upload } = props;
  const { t, format } = useI18n();
  const [isRenaming, setRenaming] = useState(false);
  const stage = stageOf(job, upload, useGrowing(job.upload.received_bytes));
  const isActive = !isFinal(job.state) && stage !== "failed";
  const error = stage === "failed" ? (upload?.error ?? job.error) : null;
  return (
    <li className={styles["row"]}>
      <span className={styles["kind"]}>
        <Icon name={looksLikeAudio(job.name) ? "sound" : "video"} />
      </span>
      <div className={styles["body"]}>
        {isRenaming ? (
          <Rename name={job.name} onSave={props.onRename} onClose={() => setRenaming(false)} />
        ) : (
          <a className={styles["name"]} href={hrefOf({ screen: "job", id: job.id })} dir="auto">
            {job.name}
          </a>
        )}
        <p className={styles["facts"]}>
          <StageBadge stage={stage} />
          {job.duration_ms !== null && <span>{clock(job.duration_ms)}</span>}
          {job.language && <span>{format.languageName(job.language)}</span>}
          <time dateTime={job.created_at}>{format.moment(job.created_at)}</time>
        </p>
        {isActive && <JobProgress job={job} upload={upload} stage={stage} />}
        {stage === "interrupted" && <Interrupted job={job} onResume={props.onResume} />}
        {error && (
          <p className={styles["error"]}>
            {wordsOf(t, error.code).what} <span className={styles["todo"]}>{wordsOf(t, error.code).todo}</span>
          </p>
        )}
        {props.problem && (
          <p className={styles["error"]} role="alert">
            {wordsOf(t, asApiError(props.problem).code).what} {wordsOf(t, asApiError(props.problem).code).todo}
          </p>
        )}
      </div>
      <Actions {...props} stageFailed={stage === "failed" || stage === "cancelled"} isActive={isActive} onStartRename={() => setRenaming(true)} />
    </li>
  );
}

interface ActionsProps extends JobRowProps {
  stageFailed: boolean;
  isActive: boolean;
  onStartRename: () => void;
}

function Actions({ job, isRetrying, onRetry, onCancel, onDelete, onStartRename, stageFailed, isActive }: ActionsProps) {
  const { t } = useI18n();
  const canRetry = stageFailed && (job.upload.received_bytes === job.upload.size_bytes || job.state === "uploading");
  return (
    <div className={styles["actions"]} role="group" aria-label={t.library.actionsFor({ name: job.name })}>
      {canRetry && (
        <Button look="ghost" icon="retry" disabled={isRetrying} onClick={onRetry}>
          {t.actions.retry}
        </Button>
      )}
      {isActive && (
        <Button look="ghost" onClick={onCancel}>
          {t.actions.cancel}
        </Button>
      )}
      <IconButton icon="pencil" label={t.actions.rename} onClick={onStartRename} />
      <IconButton icon="trash" label={t.actions.delete} onClick={onDelete} />
    </div>
  );
}

// The upload of a page that was closed: the same file, chosen again, goes on where it stopped.
function Interrupted({ job, onResume }: { job: Job; onResume: (file: File) => void }) {
  const { t, format } = useI18n();
  const [isOther, setOther] = useState(false);
  const take = ([file]: File[]) => {
    if (!file) return;
    const isSame = file.size === job.upload.size_bytes;
    setOther(!isSame);
    if (isSame) onResume(file);
  };
  return (
    <div className={styles["interrupted"]}>
      <p>{t.progress.interrupted}</p>
      {isOther && (
        <p className={styles["error"]} role="alert">
          {t.progress.interruptedOther({ name: job.name, size: format.bytes(job.upload.size_bytes) })}
        </p>
      )}
      <FilePicker onFiles={take}>{t.progress.interruptedChoose}</FilePicker>
    </div>
  );
}
