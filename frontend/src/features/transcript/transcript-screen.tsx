// One file: its player beside its text, usable from the first words on.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { hiddenStore } from "../../api/deletions";
import { asApiError } from "../../api/errors";
import { fractionOf, hasAllMedia, isWorthRetrying, receivedBytes, sizeBytes, stageOf } from "../../api/job-view";
import { useJob } from "../../api/jobs";
import { useLiveJob } from "../../api/live-job";
import { useRetryJob } from "../../api/retry-job";
import { useServer } from "../../api/server";
import { useTranscript } from "../../api/transcript";
import { isFinal, type Job, type Segment } from "../../api/types";
import { useUploadOf, useUploads } from "../../api/uploads-context";
import { Button } from "../../components/button";
import { FilePicker } from "../../components/file-picker";
import { JobProgress } from "../../components/job-progress";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import { hrefOf, navigate } from "../../lib/route";
import { useGrowing } from "../../lib/use-growing";
import { useStore } from "../../lib/use-store";
import { ConvertAgain, JobDetails, KeysHint } from "./job-details";
import { JobHeader } from "./job-header";
import { Player } from "./player";
import { Text } from "./text";
import { Toolbar } from "./toolbar";
import styles from "./transcript.module.css";
import { useFollow, useStayAtEnd } from "./use-follow";
import { keysOnStore, useKeys } from "./use-keys";
import { usePlayback } from "./use-playback";
import { useSearch } from "./use-search";

const kNoSegments: readonly Segment[] = [];

export function TranscriptScreen({ id }: { id: string }) {
  const { t } = useI18n();
  const job = useJob(id);
  const isHidden = useStore(hiddenStore).has(id);
  if (job.data && !isHidden && !isGone(job.error)) return <Loaded job={job.data} />;
  if (job.isPending) return <Waiting words={t.job.loading} />;
  return (
    <div className={styles["screen"]}>
      <h1 className={styles["title"]}>{isHidden ? t.job.gone : t.job.failedTitle}</h1>
      {job.error && !isHidden && (
        <Problem error={asApiError(job.error)}>
          {!isGone(job.error) && <Button onClick={() => void job.refetch()}>{t.actions.retry}</Button>}
        </Problem>
      )}
      <p>
        <a href={hrefOf({ screen: "home" })}>{t.actions.back}</a>
      </p>
    </div>
  );
}

function isGone(error: Error | null): boolean {
  return error !== null && asApiError(error).code === "not_found";
}

function Waiting({ words }: { words: string }) {
  return (
    <div className={styles["screen"]} aria-busy="true">
      <p className="visually-hidden">{words}</p>
      <div className={styles["ghostTitle"]} />
      <div className={styles["columns"]}>
        <div className={styles["ghostPlayer"]} />
        <div className={styles["ghostText"]} />
      </div>
    </div>
  );
}

function Loaded({ job }: { job: Job }) {
  const { t } = useI18n();
  const isStarting = useServer().data?.is_ready === false;
  const uploads = useUploads();
  const upload = useUploadOf(job.id);
  const transcript = useTranscript(job.id, true);
  const isLive = !isFinal(job.state);
  useLiveJob(job.id, isLive && transcript.isSuccess);
  useTitle(job);
  useAnnouncements(job);

  const segments = transcript.data?.segments ?? kNoSegments;
  const [chosenFile, setChosenFile] = useState<File>();
  const localFile = chosenFile ?? uploads.localFile(job.id);
  const playback = usePlayback(segments);
  const stage = stageOf(job, upload, useGrowing(receivedBytes(job)));
  const keepFile = (file: File) => {
    uploads.keepLocalFile(job.id, file);
    setChosenFile(file);
  };

  return (
    <div className={styles["screen"]}>
      <JobHeader job={job} stage={stage} onStopUpload={() => upload && uploads.remove(upload.key)} />
      <div className={styles["columns"]}>
        <div className={styles["side"]}>
          <div className={styles["stage"]}>
            <Player job={job} localFile={localFile} onLocalFile={keepFile} segments={segments} playback={playback} />
          </div>
          {isLive && stage !== "failed" && (
            <section className={styles["panel"]}>
              <JobProgress job={job} upload={upload} stage={stage} />
              {stage === "queued" && isStarting && <p className={styles["starting"]}>{t.progress.serverStarting}</p>}
            </section>
          )}
          <Trouble job={job} />
          <div className={styles["wideOnly"]}>
            <Extras job={job} />
          </div>
        </div>
        <TextColumn job={job} segments={segments} playback={playback} transcript={transcript} />
        <div className={styles["narrowOnly"]}>
          <Extras job={job} />
        </div>
      </div>
    </div>
  );
}

function Extras({ job }: { job: Job }) {
  return (
    <>
      <JobDetails job={job} />
      {hasAllMedia(job) && <ConvertAgain job={job} />}
      <KeysHint />
    </>
  );
}

// What went wrong, of the job or of its upload, with the way out.
function Trouble({ job }: { job: Job }) {
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
  const [isOther, setOther] = useState(false);
  if (isGrowing) return null;
  const take = async ([file]: File[]) => {
    if (!file || !job.upload) return;
    const target = { jobId: job.id, uploadId: job.upload.id, sizeBytes: sizeBytes(job), settings: job.settings };
    setOther(false);
    setOther(!(await uploads.resume(file, target)));
  };
  return (
    <section className={styles["interrupted"]}>
      <p>{t.progress.interrupted}</p>
      {isOther && <p role="alert">{t.progress.interruptedOther({ name: job.name, size: format.bytes(sizeBytes(job)) })}</p>}
      <FilePicker onFiles={(files) => void take(files)}>{t.progress.interruptedChoose}</FilePicker>
    </section>
  );
}

interface TextColumnProps {
  job: Job;
  segments: readonly Segment[];
  playback: ReturnType<typeof usePlayback>;
  transcript: ReturnType<typeof useTranscript>;
}

function TextColumn({ job, segments, playback, transcript }: TextColumnProps) {
  const { t } = useI18n();
  const list = useRef<HTMLDivElement>(null);
  const searchInput = useRef<HTMLInputElement>(null);
  const search = useSearch(segments);
  const follow = useFollow(list, playback.spoken.segment, playback.isPlaying);
  const isLive = !isFinal(job.state);
  useStayAtEnd(segments.length, isLive && !playback.isPlaying);
  const focusSearch = useCallback(() => searchInput.current?.focus(), []);
  const keysOn = useStore(keysOnStore);
  useKeys({ toggle: playback.toggle, skip: playback.skip, search: focusSearch }, keysOn);
  const play = (atMs: number) => {
    follow.turnOn();
    playback.playFrom(atMs);
  };
  const showFollow = !follow.isOn && playback.isPlaying && playback.spoken.segment >= 0;
  const language = job.settings.task === "translate" ? "en" : job.language;
  return (
    <section className={styles["textColumn"]} aria-label={t.transcript.title}>
      <div className={styles["toolbar"]}>
        <Toolbar job={job} segments={segments} search={search} searchRef={searchInput} />
      </div>
      {transcript.isError && segments.length === 0 ? (
        <Problem error={asApiError(transcript.error)} title={t.transcript.failed}>
          <Button onClick={() => void transcript.refetch()}>{t.actions.retry}</Button>
        </Problem>
      ) : (
        <Text
          listRef={list}
          segments={segments}
          language={language}
          spoken={playback.spoken}
          search={search}
          onPlay={playback.media ? play : null}
        />
      )}
      <TextEnd job={job} isEmpty={segments.length === 0} isLoading={transcript.isPending} />
      {showFollow && (
        <div className={styles["follow"]}>
          <Button look="primary" icon="follow" onClick={follow.turnOn}>
            {t.transcript.followOff}
          </Button>
        </div>
      )}
    </section>
  );
}

// Below the last line: that more is coming, or why there is nothing.
function TextEnd({ job, isEmpty, isLoading }: { job: Job; isEmpty: boolean; isLoading: boolean }) {
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

function useTitle(job: Job): void {
  const { t, format } = useI18n();
  const upload = useUploadOf(job.id);
  const fraction = fractionOf(job, upload);
  useEffect(() => {
    const percent = fraction === null ? null : format.percent(fraction);
    document.title = percent ? t.documentTitleProgress({ percent, name: job.name }) : t.documentTitle({ name: job.name });
  }, [job.name, fraction, format, t]);
  useEffect(
    () => () => {
      document.title = t.appName;
    },
    [t],
  );
}

// Each quarter and the end: enough to know that it goes on, little enough to work beside it.
function useAnnouncements(job: Job): void {
  const { t, format } = useI18n();
  const quarter = job.state === "running" && job.duration_ms ? Math.floor((job.audio_done_ms / job.duration_ms) * 4) : 0;
  const before = useRef(job.state);
  useEffect(() => {
    if (quarter > 0 && quarter < 4) announce(t.progress.announcePercent({ name: job.name, percent: format.percent(quarter / 4) }));
  }, [quarter, job.name, format, t]);
  useEffect(() => {
    const was = before.current;
    before.current = job.state;
    if (was === job.state) return;
    if (job.state === "done") announce(t.progress.announceDone({ name: job.name }));
    else if (job.state === "failed") announce(`${job.name}: ${t.state.failed}`);
  }, [job.state, job.name, t]);
}
