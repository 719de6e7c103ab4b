// The text with its times. A click on a word plays from there, a double click changes it; what sounds, what was searched for and
// what is being reviewed is marked.
import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject } from "react";
import type { Segment } from "../../api/types";
import type { DoubtfulWord } from "../../lib/edits";
import { wordAtOffset, wordRanges } from "../../lib/timeline";
import { paint, rowOf, textOffsetAt } from "./highlights";
import { TextChunk } from "./text-chunk";
import styles from "./text.module.css";
import type { Editing } from "./use-editing";
import type { Spoken } from "./use-playback";
import type { TextSearch } from "./use-search";

const kChunkMs = 300_000; // by time, so that what is inserted moves no other chunk's border

interface TextProps {
  listRef: RefObject<HTMLDivElement | null>;
  segments: readonly Segment[];
  language: string | null;
  spoken: Spoken;
  search: TextSearch;
  doubt: DoubtfulWord | null; // the word that is being reviewed
  changed: ReadonlySet<number> | null;
  editing: Editing;
  isReadOnly: boolean;
  onPlay: ((atMs: number) => void) | null; // null: there is nothing to play
}

interface Chunk {
  key: number;
  segments: Segment[];
}

function chunksOf(segments: readonly Segment[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (const segment of segments) {
    const key = Math.floor(segment.start_ms / kChunkMs);
    const last = chunks[chunks.length - 1];
    if (last && last.key >= key) last.segments.push(segment);
    else chunks.push({ key, segments: [segment] });
  }
  return chunks;
}

export function Text({ listRef, segments, language, spoken, search, doubt, changed, editing, isReadOnly, onPlay }: TextProps) {
  const chunks = useMemo(() => chunksOf(segments), [segments]);
  const byId = useMemo(() => new Map(segments.map((segment) => [segment.id, segment])), [segments]);
  const { cursor } = editing;
  useSpokenMark(listRef, segments, spoken);
  useSearchMarks(listRef, search, segments);
  useDoubtMark(listRef, byId, doubt);
  const hover = useHoverMark(listRef, byId, onPlay !== null);

  const segmentOf = (target: EventTarget) => byId.get(Number((target as Element).closest("[data-segment]")?.getAttribute("data-segment")));
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const segment = segmentOf(target);
    if (!segment || target.closest("textarea, input")) return;
    if (target.closest("[data-edit]") && !isReadOnly) return editing.open(segment.id, segment.text.length);
    if (!target.closest("[data-time], [data-text]")) return;
    editing.look(segment.id);
    if (target.closest("[data-time]")) return onPlay?.(segment.start_ms);
    const text = target.closest("[data-text]");
    if (!text || !(window.getSelection()?.isCollapsed ?? true)) return; // the user is selecting
    const offset = textOffsetAt(text, event.clientX, event.clientY);
    onPlay?.((offset === null ? null : wordAtOffset(segment, offset)?.start_ms) ?? segment.start_ms);
  };
  const doubleClick = (event: MouseEvent) => {
    const segment = segmentOf(event.target);
    const text = (event.target as Element).closest("[data-text]");
    if (!segment || !text || isReadOnly) return;
    window.getSelection()?.removeAllRanges();
    editing.open(segment.id, textOffsetAt(text, event.clientX, event.clientY) ?? segment.text.length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const time = (event.target as Element).closest("[data-time]");
    const segment = segmentOf(event.target);
    if (!by || !time || !segment || event.altKey) return;
    const next = segments[segments.indexOf(segment) + by];
    if (!next) return;
    event.preventDefault();
    editing.look(next.id);
    rowOf(listRef.current, next.id)?.querySelector<HTMLElement>("[data-time]")?.focus();
  };

  const spokenId = segments[spoken.segment]?.id ?? null;
  const tabStop = cursor.id !== null && byId.has(cursor.id) ? cursor.id : (spokenId ?? segments[0]?.id ?? null);
  return (
    <div
      ref={listRef}
      className={`${styles["text"]} ${onPlay ? styles["playable"] : ""}`}
      lang={language ?? undefined}
      onClick={click}
      onDoubleClick={doubleClick}
      onKeyDown={onKeyDown}
      onPointerMove={hover.move}
      onPointerLeave={hover.leave}
    >
      {chunks.map(({ key, segments: inside }) => {
        const isHere = (id: number | null) => id !== null && inside.some((segment) => segment.id === id);
        const hasCursor = isHere(cursor.id);
        return (
          <TextChunk
            key={key}
            segments={inside}
            spoken={isHere(spokenId) ? spokenId : null}
            current={hasCursor ? cursor.id : null}
            caret={hasCursor ? cursor.caret : null}
            tabStop={isHere(tabStop) ? tabStop : null}
            mainLanguage={language}
            canPlay={onPlay !== null}
            editing={isReadOnly ? null : editing}
            changed={changed}
          />
        );
      })}
    </div>
  );
}

function useSpokenMark(list: RefObject<HTMLDivElement | null>, segments: readonly Segment[], spoken: Spoken): void {
  useEffect(() => {
    const segment = segments[spoken.segment];
    const range = segment && spoken.word >= 0 ? wordRanges(segment.text, segment.words)[spoken.word] : null;
    paint("v2t-spoken", list.current, segment && range ? [{ segment: segment.id, ...range }] : []);
  }, [list, segments, spoken]);
  useEffect(() => () => paint("v2t-spoken", null, []), []);
}

function useSearchMarks(list: RefObject<HTMLDivElement | null>, search: TextSearch, segments: readonly Segment[]): void {
  const { matches, current } = search;
  const latest = useRef(segments);
  useEffect(() => {
    latest.current = segments;
    const ranges = matches.map(({ segment, start, end }) => ({ segment: segments[segment]?.id ?? -1, start, end }));
    paint("v2t-match", list.current, ranges);
  }, [list, matches, segments]);
  useEffect(() => {
    const match = matches[current];
    const id = match ? latest.current[match.segment]?.id : undefined;
    paint("v2t-match-current", list.current, match && id !== undefined ? [{ ...match, segment: id }] : []);
    if (id !== undefined) rowOf(list.current, id)?.scrollIntoView({ block: "center" });
  }, [list, matches, current]);
  useEffect(
    () => () => {
      paint("v2t-match", null, []);
      paint("v2t-match-current", null, []);
    },
    [],
  );
}

function useDoubtMark(list: RefObject<HTMLDivElement | null>, byId: ReadonlyMap<number, Segment>, doubt: DoubtfulWord | null): void {
  useEffect(() => {
    const segment = doubt && byId.get(doubt.segment);
    const range = segment ? wordRanges(segment.text, segment.words)[doubt.word] : null;
    paint("v2t-doubt", list.current, segment && range ? [{ segment: segment.id, ...range }] : []);
  }, [list, byId, doubt]);
  useEffect(() => () => paint("v2t-doubt", null, []), []);
}

// Underlines the word under the mouse: a click would play it.
function useHoverMark(list: RefObject<HTMLDivElement | null>, byId: ReadonlyMap<number, Segment>, canPlay: boolean) {
  const last = useRef("");
  const show = (segment: Segment | null, word: number) => {
    const key = `${segment?.id}/${word}`;
    if (key === last.current) return;
    last.current = key;
    const range = segment && word >= 0 ? wordRanges(segment.text, segment.words)[word] : null;
    paint("v2t-hover", list.current, segment && range ? [{ segment: segment.id, ...range }] : []);
  };
  const move = (event: PointerEvent) => {
    const text = (event.target as Element).closest("[data-text]");
    const found = byId.get(Number(text?.closest("[data-segment]")?.getAttribute("data-segment") ?? NaN));
    if (!canPlay || event.pointerType !== "mouse" || !text || !found) return show(null, -1);
    const offset = textOffsetAt(text, event.clientX, event.clientY);
    const word = offset === null ? null : wordAtOffset(found, offset);
    show(found, word ? found.words.indexOf(word as (typeof found.words)[number]) : -1);
  };
  return { move, leave: () => show(null, -1) };
}
