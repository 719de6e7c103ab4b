// One file of the user's: its name, its state, and what can be done with it now.
import { useState } from "react";
import { asApiError } from "../../api/errors";
import { hasAllMedia, isWorthRetrying, receivedBytes, sizeBytes, stageOf } from "../../api/job-view";
import { sentSoundOf } from "../../api/sent-sound";
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
  onResume: (file: File) => Promise<boolean>; // false: another file
}

export function JobRow(props: JobRowProps) {
  const { job, upload } = props;
  const { t, format } = useI18n();
  const [isRenaming, setRenaming] = useState(false);
  const stage = stageOf(job, upload, useGrowing(receivedBytes(job)));
  const isActive = !isFinal(job.state) && stage !== "failed";
  const error = stage === "failed" ? (upload?.error ?? job.error) : null;
  const isComplete = hasAllMedia(job);
  const canRetry = (stage === "failed" || stage === "cancelled") && (isComplete || job.state === "uploading") && isWorthRetrying(error);
  const [isOther, setOther] = useState(false); // the file chosen to go on with was not this one
  const take = async ([file]: File[]) => {
    if (!file) return;
    setOther(false);
    setOther(!(await props.onResume(file)));
  };
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
          {job.language && job.languages.length <= 1 && <span>{format.languageName(job.language)}</span>}
          {job.languages.length > 1 && <span>{job.languages.map((code) => format.languageName(code)).join(", ")}</span>}
          {job.version > 0 && <span>{t.library.edited}</span>}
          <time dateTime={job.created_at}>{format.moment(job.created_at)}</time>
          {job.source && (
            <a href={hrefOf({ screen: "job", id: job.source })}>{t.library.again}</a>
          )}
        </p>
        <p className={styles["kept"]} hidden={!job.media_expires_at && !job.expires_at}>
          {job.media_expires_at && <span>{t.library.mediaUntil({ moment: format.moment(job.media_expires_at) })}</span>}
          {job.expires_at && <span>{t.library.textUntil({ moment: format.moment(job.expires_at) })}</span>}
        </p>
        {isActive && <JobProgress job={job} upload={upload} stage={stage} />}
        {stage === "interrupted" && <p className={styles["hint"]}>{t.progress.interrupted}</p>}
        {isOther && (
          <p className={styles["error"]} role="alert">
            {t.progress.interruptedOther({ name: job.name, size: format.bytes(sentSoundOf(job)?.fileBytes ?? sizeBytes(job)) })}
          </p>
        )}
        {error && (
          <p className={styles["error"]}>
            {wordsOf(t, error.code).what} <span className={styles["todo"]}>{wordsOf(t, error.code).todo}</span>
          </p>
        )}
        {(isActive || canRetry) && (
          <div className={styles["next"]}>
            {canRetry && (
              <Button icon="retry" disabled={props.isRetrying} onClick={props.onRetry}>
                {t.actions.retry}
              </Button>
            )}
            {stage === "interrupted" && <FilePicker onFiles={(files) => void take(files)}>{t.progress.interruptedChoose}</FilePicker>}
            {isActive && <Button onClick={props.onCancel}>{t.actions.cancel}</Button>}
          </div>
        )}
        {props.problem && (
          <p className={styles["error"]} role="alert">
            {wordsOf(t, asApiError(props.problem).code).what} {wordsOf(t, asApiError(props.problem).code).todo}
          </p>
        )}
      </div>
      <div className={styles["actions"]} role="group" aria-label={t.library.actionsFor({ name: job.name })}>
        <IconButton icon="pencil" label={t.actions.rename} onClick={() => setRenaming(true)} />
        <IconButton icon="trash" label={t.actions.delete} onClick={props.onDelete} />
      </div>
    </li>
  );
}
