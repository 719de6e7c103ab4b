// One file: its player beside its text, usable from the first words on.
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { hiddenStore } from "../../api/deletions";
import { asApiError } from "../../api/errors";
import { receivedBytes, stageOf } from "../../api/job-view";
import { useJob } from "../../api/jobs";
import { useLiveJob } from "../../api/live-job";
import { useServer } from "../../api/server";
import { useCurrentVersion, useTranscript, useTranscriptVersion } from "../../api/transcript";
import { isFinal, type Job, type Segment } from "../../api/types";
import { useUploadOf, useUploads } from "../../api/uploads-context";
import { Button } from "../../components/button";
import { JobProgress } from "../../components/job-progress";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { isSameSegment } from "../../lib/edits";
import { hrefOf } from "../../lib/route";
import { lastStartedIndex } from "../../lib/timeline";
import { useGrowing } from "../../lib/use-growing";
import { useStore } from "../../lib/use-store";
import { JobHeader } from "./job-header";
import { Trouble } from "./job-trouble";
import { Player } from "./player";
import { SidePanels, type PanelName } from "./side-panels";
import { TextColumn } from "./text-column";
import styles from "./transcript.module.css";
import { useEditing, type Editing } from "./use-editing";
import { scrollTo } from "./use-follow";
import { useAnnouncements, useTitle } from "./use-job-news";
import { usePlayback, type Playback } from "./use-playback";
import { useReview } from "./use-review";
import { selectedStretch } from "./use-selection";
import { useCueLines, useJobSubtitles } from "./use-subtitles";

const kNoSegments: readonly Segment[] = [];

// `atMs`: the moment that a link goes to, such as a hit of a search.
export function TranscriptScreen({ id, atMs = null }: { id: string; atMs?: number | null }) {
  const { t } = useI18n();
  const job = useJob(id);
  const isHidden = useStore(hiddenStore).has(id);
  if (job.data && !isHidden && !isGone(job.error)) return <Loaded job={job.data} atMs={atMs} />;
  if (job.isPending) return <Waiting words={t.job.loading} />;
  return (
    <div className={`${styles["screen"]} ${styles["narrow"]}`}>
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

function Loaded({ job, atMs }: { job: Job; atMs: number | null }) {
  const { t } = useI18n();
  const isStarting = useServer().data?.is_ready === false;
  const uploads = useUploads();
  const upload = useUploadOf(job.id);
  const transcript = useTranscript(job.id, true);
  const isLive = !isFinal(job.state);
  useLiveJob(job.id, isLive && transcript.isSuccess);
  useCurrentVersion(job.id, job.version, transcript.data?.version);
  useTitle(job);
  useAnnouncements(job);

  const editing = useEditing(job.id, transcript.data?.segments ?? kNoSegments);
  const earlier = useEarlierVersion(job.id, editing);
  const segments = earlier.segments ?? editing.segments;
  const playback = usePlayback(segments);
  const list = useRef<HTMLDivElement>(null);
  useArrivalAt(atMs, segments, editing, playback, list);
  const review = useReview(earlier.isShown ? kNoSegments : editing.segments, editing, list);
  const [panel, setPanel] = useOpenPanel(job, review.words.length > 0);
  const version = transcript.data?.version ?? 0;
  const subtitles = useJobSubtitles(job.id, version, panel === "subtitles" && segments.length > 0);
  const cueLines = useCueLines(panel === "subtitles" ? subtitles.data : undefined, playback.media);

  const [chosenFile, setChosenFile] = useState<File>();
  const localFile = chosenFile ?? uploads.localFile(job.id);
  const stage = stageOf(job, upload, useGrowing(receivedBytes(job)));
  const keepFile = (file: File) => {
    uploads.keepLocalFile(job.id, file);
    setChosenFile(file);
  };
  const toggleLoop = () => {
    const current = segments.find(({ id }) => id === editing.cursor.id) ?? segments[playback.spoken.segment] ?? segments[0];
    const stretch = playback.loop ? null : (selectedStretch(list.current, segments) ?? current ?? null);
    playback.setLoop(stretch && { start_ms: stretch.start_ms, end_ms: stretch.end_ms });
    if (stretch) playback.playFrom(stretch.start_ms);
  };

  return (
    <div className={`${styles["screen"]} ${editing.cursor.caret !== null ? styles["writing"] : ""}`}>
      <JobHeader job={job} stage={stage} onStopUpload={() => upload && uploads.remove(upload.key)} />
      <div className={styles["columns"]}>
        <div className={styles["side"]}>
          <div className={styles["stage"]}>
            <Player
              job={job}
              localFile={localFile}
              onLocalFile={keepFile}
              segments={segments}
              playback={playback}
              editing={earlier.isShown ? null : editing}
              cueLines={cueLines}
              onLoop={toggleLoop}
            />
          </div>
          {isLive && stage !== "failed" && (
            <section className={styles["panel"]}>
              <JobProgress job={job} upload={upload} stage={stage} />
              {stage === "queued" && isStarting && <p className={styles["starting"]}>{t.progress.serverStarting}</p>}
            </section>
          )}
          <Trouble job={job} />
          <SidePanels
            job={job}
            version={version}
            segments={segments}
            editing={editing}
            playback={playback}
            review={review}
            subtitles={subtitles}
            earlier={earlier}
            open={panel}
            onOpen={setPanel}
          />
        </div>
        <TextColumn
          job={job}
          listRef={list}
          segments={segments}
          editing={editing}
          earlier={earlier}
          playback={playback}
          review={review}
          transcript={transcript}
          onReview={() => setPanel("review")}
          onLoop={toggleLoop}
        />
      </div>
    </div>
  );
}

// Goes to the moment that the address names, once there is text, and plays from there once there is sound.
function useArrivalAt(atMs: number | null, segments: readonly Segment[], editing: Editing, playback: Playback, list: RefObject<HTMLElement | null>): void {
  const arrived = useRef<number | null>(null);
  const played = useRef<number | null>(null);
  const { look } = editing;
  const { media, playFrom } = playback;
  const id = atMs === null ? undefined : segments[lastStartedIndex(segments, atMs)]?.id;
  useEffect(() => {
    if (atMs === null || id === undefined || arrived.current === atMs) return;
    arrived.current = atMs;
    look(id);
    scrollTo(list.current, id);
  }, [atMs, id, look, list]);
  useEffect(() => {
    if (atMs === null || !media || played.current === atMs) return;
    played.current = atMs;
    playFrom(atMs);
  }, [atMs, media, playFrom]);
}

export interface EarlierVersion {
  number: number | null; // null: the current text is shown
  isShown: boolean;
  segments: readonly Segment[] | null;
  changed: ReadonlySet<number> | null; // segments that are otherwise by now
  error: Error | null;
  show: (version: number | null) => void;
}

function useEarlierVersion(jobId: string, editing: Editing): EarlierVersion {
  const [number, show] = useState<number | null>(null);
  const query = useTranscriptVersion(jobId, number);
  const segments = number === null ? null : query.data ? editing.session.known(query.data.segments) : kNoSegments;
  const changed = useMemo(() => {
    if (!segments) return null;
    const now = new Map(editing.segments.map((segment) => [segment.id, segment]));
    return new Set(segments.filter((segment) => !isSameSegment(segment, now.get(segment.id) ?? null)).map(({ id }) => id));
  }, [segments, editing.segments]);
  return { number, isShown: number !== null, segments, changed, error: number === null ? null : query.error, show };
}

// Until the user chooses: on a wide screen what is most useful now, on a narrow one nothing, so that the text comes first.
function useOpenPanel(job: Job, hasDoubts: boolean): [PanelName | null, (panel: PanelName | null) => void] {
  const [chosen, setChosen] = useState<PanelName | null | undefined>(undefined);
  const [isWide] = useState(() => window.matchMedia("(min-width: 900px)").matches);
  const usual = !isWide ? null : job.state === "done" && hasDoubts ? "review" : "details";
  return [chosen === undefined ? usual : chosen, setChosen];
}
