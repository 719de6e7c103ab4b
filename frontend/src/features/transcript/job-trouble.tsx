// What went wrong, of the job or of its upload, with the way out.
import { useState } from "react";
import { asApiError } from "../../api/errors";
import { hasAllMedia, isWorthRetrying, receivedBytes, sizeBytes } from "../../api/job-view";
import { useRetryJob } from "../../api/retry-job";
import { sentSoundOf } from "../../api/sent-sound";
import type { Job } from "../../api/types";
import { useUploadOf, useUploads } from "../../api/uploads-context";
import { Button } from "../../components/button";
import { FilePicker } from "../../components/file-picker";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { navigate } from "../../lib/route";
import { useGrowing } from "../../lib/use-growing";
import styles from "./transcript.module.css";

export function Trouble({ job }: { job: Job }) {
  const { t } = useI18n();
  const uploads = useUploads();
  const upload = useUploadOf(job.id);
  const retry = useRetryJob();
  const isComplete = hasAllMedia(job);
  if (job.state === "uploading" && upload?.error) {
    return (
      <Problem error={upload.error}>
        {isWorthRetrying(upload.error) && <Button onClick={() => uploads.retry(upload.key)}>{t.actions.retry}</Button>}
      </Problem>
    );
  }
  if (job.state === "uploading" && !upload && !isComplete) return <Interrupted job={job} />;
  if (job.state !== "failed" && job.state !== "cancelled") return null;
  const again = () =>
    retry.mutate({ job, settings: job.settings }, { onSuccess: (next) => navigate({ screen: "job", id: next.id }) });
  const button = isComplete && isWorthRetrying(job.error) && (
    <Button icon="retry" disabled={retry.isPending} onClick={again}>
      {t.actions.retry}
    </Button>
  );
  const error = retry.error ? asApiError(retry.error) : job.error;
  if (!error) return button ? <div>{button}</div> : null;
  return <Problem error={error}>{button}</Problem>;
}

function Interrupted({ job }: { job: Job }) {
  const { t, format } = useI18n();
  const uploads = useUploads();
  const isGrowing = useGrowing(receivedBytes(job));
  const [found, setFound] = useState<"other" | "looking" | null>(null);
  if (isGrowing) return null;
  const take = async ([file]: File[]) => {
    if (!file || !job.upload) return;
    const target = { jobId: job.id, uploadId: job.upload.id, sizeBytes: sizeBytes(job), settings: job.settings };
    setFound("looking");
    setFound((await uploads.resume(file, target)) ? null : "other");
  };
  return (
    <section className={styles["interrupted"]}>
      <p>{t.progress.interrupted}</p>
      {found === "other" && <p role="alert">{t.progress.interruptedOther({ name: job.name, size: format.bytes(sentSoundOf(job)?.fileBytes ?? sizeBytes(job)) })}</p>}
      {found === "looking" ? (
        <p role="status">{t.progress.takingSound}</p>
      ) : (
        <FilePicker onFiles={(files) => void take(files)}>{t.progress.interruptedChoose}</FilePicker>
      )}
    </section>
  );
}
