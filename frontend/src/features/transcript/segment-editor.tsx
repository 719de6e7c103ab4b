// A segment being changed: its text in a plain text field, which every keyboard, input method and writing direction knows; below it
// its times and what else can be done with it. What is typed counts at once; Enter ends it.
import { useEffect, useLayoutEffect, useRef, type ChangeEvent, type KeyboardEvent, type RefObject } from "react";
import type { Segment } from "../../api/types";
import { Button } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { fitHeight } from "./fit-height";
import styles from "./segment-editor.module.css";
import { TimeField } from "./time-field";
import { hasRoomAfter, type Editing } from "./use-editing";

interface SegmentEditorProps {
  segment: Segment;
  caret: number;
  editing: Editing;
}

const kCommitAfterMs = 400;
const kBurstMs = 1500; // letters typed without a longer pause are undone together

function clean(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

let bursts = 0;

// The field's letters on their way into the text.
function useTyping(segment: Segment, editing: Editing, field: RefObject<HTMLTextAreaElement | null>) {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const burst = useRef({ number: 0, atMs: 0 });
  const latest = useRef({ segment, editing });
  useLayoutEffect(() => {
    latest.current = { segment, editing };
  });

  const commit = () => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
    const now = latest.current;
    if (field.current) now.editing.type(now.segment.id, field.current.value, `typing ${burst.current.number}`);
  };
  const note = (atMs: number) => {
    if (atMs - burst.current.atMs > kBurstMs) burst.current.number = ++bursts;
    burst.current.atMs = atMs;
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(commit, kCommitAfterMs);
  };
  // Nothing typed is lost when the field goes away or the page is left.
  const commitRef = useRef(commit);
  useLayoutEffect(() => {
    commitRef.current = commit;
  });
  useEffect(() => {
    const leave = () => timer.current && commitRef.current();
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, []);
  useLayoutEffect(() => () => void (timer.current && commitRef.current()), []);
  // Undone or changed elsewhere: the field follows.
  useLayoutEffect(() => {
    if (field.current && timer.current === null && clean(field.current.value) !== segment.text) field.current.value = segment.text;
  }, [field, segment.text]);
  return { note, commit };
}

export function SegmentEditor({ segment, caret, editing }: SegmentEditorProps) {
  const { t } = useI18n();
  const field = useRef<HTMLTextAreaElement>(null);
  const opened = useRef(segment.text);
  const typing = useTyping(segment, editing, field);
  const index = editing.segments.findIndex(({ id }) => id === segment.id);
  const isLast = index === editing.segments.length - 1;

  useLayoutEffect(() => fitHeight(field.current));
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(caret, caret);
    field.current?.closest("li")?.scrollIntoView({ block: "nearest" });
  }, [caret, segment.id]);

  const close = () => {
    typing.commit();
    const row = field.current?.closest("li");
    if (clean(field.current?.value ?? "") === "" && segment.kind === "speech") editing.remove(segment.id);
    else editing.close();
    requestAnimationFrame(() => row?.querySelector<HTMLElement>("[data-time]")?.focus());
  };
  const cancel = () => {
    if (field.current) field.current.value = opened.current;
    close();
  };
  const split = () => {
    typing.commit();
    const at = field.current?.selectionStart ?? 0;
    const before = clean((field.current?.value ?? "").slice(0, at));
    editing.split(segment.id, before.length);
  };
  const go = (by: 1 | -1) => {
    typing.commit();
    const next = editing.segments[index + by];
    if (next) editing.open(next.id, by > 0 ? 0 : next.text.length);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return; // an input method has the keys
    const { selectionStart, selectionEnd, value } = event.currentTarget;
    const isCollapsed = selectionStart === selectionEnd;
    const isChord = event.ctrlKey || event.metaKey;
    const act =
      event.key === "Enter" && isChord
        ? split
        : event.key === "Enter" && !event.shiftKey
          ? close
          : event.key === "Escape"
            ? cancel
            : event.key === "Backspace" && isCollapsed && selectionStart === 0 && index > 0
              ? () => (typing.commit(), editing.mergeWithPrevious(segment.id))
              : event.key === "Delete" && isCollapsed && selectionStart === value.length && !isLast
                ? () => (typing.commit(), editing.mergeWithNext(segment.id))
                : event.altKey && event.key === "ArrowUp"
                  ? () => go(-1)
                  : event.altKey && event.key === "ArrowDown"
                    ? () => go(1)
                    : isChord && !event.altKey && event.code === "KeyZ"
                      ? () => (typing.commit(), event.shiftKey ? editing.session.redo() : editing.session.undo())
                      : isChord && event.code === "KeyY"
                        ? () => editing.session.redo()
                        : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <div className={styles["editor"]}>
      <textarea
        ref={field}
        className={styles["field"]}
        aria-label={t.editor.textLabel}
        dir="auto"
        lang={segment.language ?? undefined}
        rows={1}
        spellCheck
        defaultValue={segment.text}
        onChange={(event: ChangeEvent<HTMLTextAreaElement>) => {
          fitHeight(event.target);
          if (!(event.nativeEvent as InputEvent).isComposing) typing.note(event.timeStamp);
        }}
        onCompositionEnd={(event) => typing.note(event.timeStamp)}
        onKeyDown={onKeyDown}
      />
      <div className={styles["tools"]}>
        <Times segment={segment} editing={editing} />
        <div className={styles["buttons"]}>
          <Button look="ghost" icon="split" title="Ctrl+Enter" onClick={split}>
            {t.editor.split}
          </Button>
          <Button look="ghost" icon="merge" disabled={isLast} onClick={() => (typing.commit(), editing.mergeWithNext(segment.id))}>
            {t.editor.merge}
          </Button>
          <Button
            look="ghost"
            icon="plus"
            disabled={!hasRoomAfter(editing.segments, index)}
            title={hasRoomAfter(editing.segments, index) ? undefined : t.editor.noRoom}
            onClick={() => (typing.commit(), editing.insertAfter(segment.id))}
          >
            {t.editor.insert}
          </Button>
          <Button look="ghost" icon="trash" onClick={() => editing.remove(segment.id)}>
            {t.editor.remove}
          </Button>
          <Button className={styles["done"]} onClick={close}>
            {t.editor.done}
          </Button>
        </div>
      </div>
    </div>
  );
}

function Times({ segment, editing }: { segment: Segment; editing: Editing }) {
  const { t } = useI18n();
  return (
    <div className={styles["times"]}>
      <TimeField label={t.editor.start} value={segment.start_ms} onChange={(ms) => editing.setTimes(segment.id, ms, segment.end_ms, `start ${segment.id}`)} />
      <span aria-hidden="true">–</span>
      <TimeField label={t.editor.end} value={segment.end_ms} onChange={(ms) => editing.setTimes(segment.id, segment.start_ms, ms, `end ${segment.id}`)} />
    </div>
  );
}
