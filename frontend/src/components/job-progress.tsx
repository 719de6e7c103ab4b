// How far a job is, in a bar and in words: its upload first, then its conversion.
import { conversionSecondsLeft, fractionOf, receivedBytes, sizeBytes, type JobStage } from "../api/job-view";
import type { Job } from "../api/types";
import { uploadSecondsLeft, type UploadItem } from "../api/upload-machine";
import { useI18n, type I18n } from "../i18n/i18n";
import { clock } from "../lib/time";
import styles from "./job-progress.module.css";
import { ProgressBar } from "./progress-bar";

interface JobProgressProps {
  job: Job;
  upload: UploadItem | undefined;
  stage: JobStage;
}

export function JobProgress({ job, upload, stage }: JobProgressProps) {
  const i18n = useI18n();
  if (stage === "queued") return <p className={styles["facts"]}>{queueWords(job, i18n)}</p>;
  const isUpload = job.state === "uploading";
  const facts = isUpload ? uploadFacts(job, upload, i18n) : conversionFacts(job, i18n);
  const fraction = fractionOf(job, upload);
  const { t, format } = i18n;
  const hasPercent = fraction !== null && (isUpload || !job.activity || job.activity.phase === "transcribing");
  return (
    <div className={styles["progress"]}>
      <ProgressBar
        key={job.state} // each way begins at its beginning
        label={isUpload ? t.progress.upload : t.progress.conversion}
        fraction={fraction}
        stalled={stage === "reconnecting" || stage === "interrupted"}
      />
      <p className={styles["facts"]}>
        {hasPercent && <strong>{format.percent(fraction)}</strong>}
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {stage === "reconnecting" && <p className={`${styles["facts"]} ${styles["notice"]}`}>{t.progress.reconnecting}</p>}
    </div>
  );
}

function queueWords(job: Job, { t, format }: I18n): string {
  const n = job.queue_position ?? 0;
  const place = n === 0 ? t.progress.queueNext : t.progress.queueBefore({ n, count: format.number(n) });
  return job.eta_ms === null ? place : `${place} · ${t.progress.timeLeft({ time: format.roughDuration(job.eta_ms / 1000) })}`;
}

function uploadFacts(job: Job, upload: UploadItem | undefined, { t, format }: I18n): string[] {
  const sent = Math.max(upload?.sentBytes ?? 0, receivedBytes(job));
  const facts = [t.progress.sent({ done: format.bytes(sent), total: format.bytes(sizeBytes(job)) })];
  if (!upload) return facts;
  if (upload.phase === "waiting") return [t.progress.waitingUpload];
  if (upload.isSoundOnly)
    facts.push(t.progress.soundOnly({ sound: format.bytes(upload.sizeBytes), file: format.bytes(upload.file.size) }));
  if (upload.isResumed && upload.phase === "sending") facts.push(t.progress.resumed);
  if (upload.rate?.perSecond) facts.push(t.progress.perSecond({ size: format.bytes(upload.rate.perSecond) }));
  const left = uploadSecondsLeft(upload);
  if (left !== null) facts.push(t.progress.timeLeft({ time: format.roughDuration(left) }));
  return facts;
}

function activityWords({ activity }: Job, { t, format }: I18n): string | null {
  if (activity?.phase === "downloading_model") {
    const done = format.bytes(activity.bytes_done ?? 0);
    const total = activity.bytes_total;
    return total ? t.progress.downloadingModel({ done, total: format.bytes(total) }) : t.progress.downloadingModelUnknown({ done });
  }
  if (activity?.phase === "loading_model") return t.progress.loadingModel;
  if (activity?.phase === "opening_media") return t.progress.openingMedia;
  return null;
}

function conversionFacts(job: Job, i18n: I18n): string[] {
  const { t, format } = i18n;
  const busyWith = activityWords(job, i18n);
  if (busyWith) return [busyWith];
  const done = clock(job.audio_done_ms);
  const facts = [job.duration_ms ? t.progress.audioDone({ done, total: clock(job.duration_ms) }) : t.progress.audioDoneUnknown({ done })];
  if (job.speed) facts.push(t.progress.speed({ times: format.number(job.speed, job.speed < 10 ? 1 : 0) }));
  const left = conversionSecondsLeft(job);
  if (left !== null) facts.push(t.progress.timeLeft({ time: format.roughDuration(left) }));
  else if (job.duration_ms) facts.push(t.progress.estimating);
  if (job.attempts > 1) facts.push(t.progress.attempt({ n: format.number(job.attempts) }));
  return facts;
}
