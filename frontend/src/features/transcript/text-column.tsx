// The text with its tools: what is searched, edited, reviewed and heard meets here.
import { useEffect, useRef, useState, type RefObject } from "react";
import { asApiError } from "../../api/errors";
import type { useTranscript } from "../../api/transcript";
import { isFinal, type Job, type Segment } from "../../api/types";
import { Button } from "../../components/button";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { wordRanges } from "../../lib/timeline";
import { useStore } from "../../lib/use-store";
import { rowOf } from "./highlights";
import { toggleFullScreen } from "./full-screen";
import { toggleCaptions, toggleMuted } from "./player-choices";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { hearWord } from "./side-panels";
import { Text } from "./text";
import { TextEnd } from "./text-end";
import { kNudgeMs } from "./time-field";
import { Toolbar } from "./toolbar";
import type { EarlierVersion } from "./transcript-screen";
import styles from "./transcript.module.css";
import type { Editing } from "./use-editing";
import { useFollow, useStayAtEnd } from "./use-follow";
import { keysOnStore, useKeys, type KeyActions } from "./use-keys";
import { kSkipMs, kSpeeds, type Playback } from "./use-playback";
import type { Review } from "./use-review";
import { useSearch } from "./use-search";

interface TextColumnProps {
  job: Job;
  listRef: RefObject<HTMLDivElement | null>;
  segments: readonly Segment[];
  editing: Editing;
  earlier: EarlierVersion;
  playback: Playback;
  review: Review;
  transcript: ReturnType<typeof useTranscript>;
  onReview: () => void;
  onLoop: () => void;
}

export function TextColumn(props: TextColumnProps) {
  const { job, listRef, segments, editing, earlier, playback, review, transcript } = props;
  const { t } = useI18n();
  const searchInput = useRef<HTMLInputElement>(null);
  const search = useSearch(segments);
  const [isReplacing, setReplacing] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  const isReadOnly = earlier.isShown;
  const spokenId = segments[playback.spoken.segment]?.id ?? null;
  const follow = useFollow(listRef, spokenId, playback.isPlaying, editing.cursor.caret !== null);
  const isLive = !isFinal(job.state);
  useStayAtEnd(segments.length, isLive && !playback.isPlaying);
  useCursorInSight(listRef, editing);

  const keyActions: KeyActions = {
    ...listeningKeys(props),
    ...(isReadOnly ? {} : editingKeys(props)),
    search: () => searchInput.current?.focus(),
    replace: () => {
      setReplacing(true);
      searchInput.current?.focus();
    },
    sheet: () => setShowsKeys(true),
  };
  useKeys(keyActions, useStore(keysOnStore));

  const play = (atMs: number) => {
    follow.turnOn();
    playback.playFrom(atMs);
  };
  const showFollow = !follow.isOn && playback.isPlaying && spokenId !== null;
  const language = job.settings.task === "translate" ? "en" : job.language;
  return (
    <section className={styles["textColumn"]} aria-label={t.transcript.title}>
      <div className={styles["toolbar"]}>
        <Toolbar
          job={job}
          segments={segments}
          editing={editing}
          isReadOnly={isReadOnly}
          search={search}
          searchRef={searchInput}
          isReplacing={isReplacing}
          onReplacing={setReplacing}
          onKeys={() => setShowsKeys(true)}
        />
        {earlier.number !== null && <EarlierNotice earlier={earlier} />}
      </div>
      {transcript.isError && segments.length === 0 ? (
        <Problem error={asApiError(transcript.error)} title={t.transcript.failed}>
          <Button onClick={() => void transcript.refetch()}>{t.actions.retry}</Button>
        </Problem>
      ) : (
        <Text
          listRef={listRef}
          segments={segments}
          language={language}
          spoken={playback.spoken}
          search={search}
          doubt={review.current}
          changed={earlier.changed}
          editing={editing}
          isReadOnly={isReadOnly}
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
      {showsKeys && <ShortcutsDialog onClose={() => setShowsKeys(false)} />}
    </section>
  );
}

function EarlierNotice({ earlier }: { earlier: EarlierVersion }) {
  const { t, format } = useI18n();
  return (
    <div className={styles["earlier"]}>
      <p>
        {earlier.error ? t.versions.failed : t.versions.looking({ version: format.number(earlier.number ?? 0) })}
        {!earlier.error && earlier.changed !== null && earlier.changed.size > 0 && ` ${t.versions.marked}`}
      </p>
      <Button onClick={() => earlier.show(null)}>{t.versions.back}</Button>
    </div>
  );
}

function listeningKeys({ playback, onLoop }: TextColumnProps): KeyActions {
  const speedBy = (by: 1 | -1) => {
    const next = kSpeeds[kSpeeds.indexOf(playback.speed) + by];
    if (next !== undefined) playback.setSpeed(next);
  };
  return {
    toggle: playback.toggle,
    back: () => playback.skip(-kSkipMs),
    forward: () => playback.skip(kSkipMs),
    slower: () => speedBy(-1),
    faster: () => speedBy(1),
    loop: onLoop,
    mute: toggleMuted,
    captions: toggleCaptions,
    fullScreen: () => toggleFullScreen(playback.media),
  };
}

function editingKeys({ segments, editing, playback, review, onReview }: TextColumnProps): KeyActions {
  const target = segments.find(({ id }) => id === editing.cursor.id) ?? segments[playback.spoken.segment];
  const withTarget = (act: (segment: Segment) => void) => () => target && act(target);
  const nudge = (startBy: number, endBy: number) =>
    withTarget((segment) => editing.setTimes(segment.id, segment.start_ms + startBy, segment.end_ms + endBy, `nudge ${segment.id} ${startBy !== 0}`));
  const toDoubt = (by: 1 | -1) => () => {
    onReview();
    review.step(by);
  };
  const splitAtPlayer = () => {
    const spoken = segments[playback.spoken.segment];
    const range = spoken && wordRanges(spoken.text, spoken.words)[playback.spoken.word];
    if (range) editing.split(spoken.id, range.start);
  };
  return {
    nextDoubt: toDoubt(1),
    previousDoubt: toDoubt(-1),
    hear: () => review.current && hearWord(playback, review.current),
    accept: () => review.current && editing.accept(review.current.segment, review.current.word),
    edit: withTarget((segment) => editing.open(segment.id, segment.text.length)),
    split: splitAtPlayer,
    merge: withTarget((segment) => editing.mergeWithNext(segment.id)),
    insert: withTarget((segment) => editing.insertAfter(segment.id)),
    remove: withTarget((segment) => editing.remove(segment.id)),
    startEarlier: nudge(-kNudgeMs, 0),
    startLater: nudge(kNudgeMs, 0),
    endEarlier: nudge(0, -kNudgeMs),
    endLater: nudge(0, kNudgeMs),
    undo: () => editing.undo(),
    redo: () => editing.redo(),
  };
}

// Undoing, reviewing and the waveform go to places that may be far away; the keyboard goes with them where it was in the text.
function useCursorInSight(list: RefObject<HTMLDivElement | null>, editing: Editing): void {
  const { id, caret } = editing.cursor;
  useEffect(() => {
    if (id === null || caret !== null) return;
    const row = rowOf(list.current, id);
    const box = row?.getBoundingClientRect();
    if (box && (box.bottom < 0 || box.top > window.innerHeight)) row?.scrollIntoView({ block: "center" });
    if (document.activeElement?.closest("[data-segment]") && !row?.contains(document.activeElement)) {
      row?.querySelector<HTMLElement>("[data-time]")?.focus({ preventScroll: true });
    }
  }, [list, id, caret]);
}
