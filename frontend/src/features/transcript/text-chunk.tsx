// A stretch of the text: browsers skip its layout while it is out of sight, React while it has not changed.
import { memo, type ReactNode } from "react";
import type { Segment } from "../../api/types";
import { IconButton } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { isDoubtful } from "../../lib/edits";
import { clock } from "../../lib/time";
import { wordRanges } from "../../lib/timeline";
import { SegmentEditor } from "./segment-editor";
import styles from "./text.module.css";
import type { Editing } from "./use-editing";

export interface ChunkMarks {
  spoken: number | null; // id of the one that sounds, when it is here
  current: number | null; // of the one that is looked at
  caret: number | null; // where its text is being changed
}

interface TextChunkProps extends ChunkMarks {
  segments: readonly Segment[];
  tabStop: number | null; // id of the row that the Tab key reaches
  mainLanguage: string | null;
  canPlay: boolean;
  editing: Editing | null; // null: to be read only
  changed: ReadonlySet<number> | null; // ids that differ from the current text
}

function isSame(before: TextChunkProps, after: TextChunkProps): boolean {
  const isEdited = after.caret !== null; // whoever writes needs the actions of this very moment
  return (
    !isEdited &&
    before.spoken === after.spoken &&
    before.current === after.current &&
    before.caret === after.caret &&
    before.tabStop === after.tabStop &&
    before.mainLanguage === after.mainLanguage &&
    before.canPlay === after.canPlay &&
    (before.editing === null) === (after.editing === null) &&
    before.changed === after.changed &&
    before.segments.length === after.segments.length &&
    before.segments.every((segment, index) => segment === after.segments[index])
  );
}

export const TextChunk = memo(function TextChunk(props: TextChunkProps) {
  return (
    <ol className={styles["chunk"]}>
      {props.segments.map((segment) => (
        <Row key={segment.id} segment={segment} {...props} />
      ))}
    </ol>
  );
}, isSame);

function Row({ segment, spoken, current, caret, tabStop, mainLanguage, canPlay, editing, changed }: TextChunkProps & { segment: Segment }) {
  const { t } = useI18n();
  const isCurrent = segment.id === current;
  const isOpen = isCurrent && caret !== null && editing !== null;
  const classes = [
    styles["segment"],
    segment.id === spoken && styles["spoken"],
    isCurrent && styles["current"],
    isOpen && styles["open"],
    changed?.has(segment.id) && styles["differs"],
  ];
  const isForeign = segment.language !== null && mainLanguage !== null && segment.language !== mainLanguage;
  return (
    <li data-segment={segment.id} className={classes.filter(Boolean).join(" ")}>
      <Time segment={segment} canPlay={canPlay} isTabStop={segment.id === tabStop} />
      {isOpen ? (
        <SegmentEditor segment={segment} caret={caret} editing={editing} />
      ) : (
        <div className={styles["line"]}>
          {isForeign && <LanguageTag code={segment.language ?? ""} />}
          {segment.text === "" ? (
            <Unclear segment={segment} canPlay={canPlay} canEdit={editing !== null} />
          ) : (
            <p className={styles["words"]} dir="auto" lang={isForeign ? (segment.language ?? undefined) : undefined} data-text>
              {withDoubts(segment)}
            </p>
          )}
          {editing && (
            <span className={styles["pencil"]}>
              <IconButton icon="pencil" label={t.editor.edit} data-edit tabIndex={segment.id === tabStop ? 0 : -1} />
            </span>
          )}
        </div>
      )}
    </li>
  );
}

function Time({ segment, canPlay, isTabStop }: { segment: Segment; canPlay: boolean; isTabStop: boolean }) {
  const { t } = useI18n();
  const time = clock(segment.start_ms);
  return (
    <button
      type="button"
      className={styles["time"]}
      data-time
      tabIndex={isTabStop ? 0 : -1}
      aria-label={canPlay ? t.transcript.playFrom({ time }) : t.editor.line({ time })}
    >
      {time}
    </button>
  );
}

function LanguageTag({ code }: { code: string }) {
  const { format } = useI18n();
  return <span className={styles["language"]}>{format.languageName(code)}</span>;
}

// Speech was heard here and not understood, or the words were all taken out.
function Unclear({ segment, canPlay, canEdit }: { segment: Segment; canPlay: boolean; canEdit: boolean }) {
  const { t } = useI18n();
  return (
    <p className={styles["unclear"]} data-text="">
      <span>{segment.kind === "unintelligible" ? t.editor.unclear : t.editor.noText}</span>
      {canPlay && (
        <button type="button" data-time className={styles["link"]}>
          {t.editor.listen}
        </button>
      )}
      {canEdit && (
        <button type="button" data-edit className={styles["link"]}>
          {t.editor.typeIt}
        </button>
      )}
    </p>
  );
}

// The text with its doubtful words marked.
function withDoubts(segment: Segment): ReactNode {
  if (!segment.words.some(isDoubtful)) return segment.text;
  const parts: ReactNode[] = [];
  let at = 0;
  wordRanges(segment.text, segment.words).forEach((range, index) => {
    const word = segment.words[index];
    if (!range || !word || !isDoubtful(word)) return;
    parts.push(segment.text.slice(at, range.start));
    parts.push(
      <span key={index} className={styles["doubt"]}>
        {segment.text.slice(range.start, range.end)}
      </span>,
    );
    at = range.end;
  });
  return [...parts, segment.text.slice(at)];
}
