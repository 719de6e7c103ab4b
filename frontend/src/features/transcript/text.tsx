// The text with its times. A click on a word plays from there; what sounds and what was searched for is marked.
import { useEffect, useMemo, useRef, type MouseEvent, type PointerEvent, type RefObject } from "react";
import type { Segment } from "../../api/types";
import { wordAtOffset, wordRanges } from "../../lib/timeline";
import { paint, textOffsetAt } from "./highlights";
import { TextChunk } from "./text-chunk";
import styles from "./text.module.css";
import type { Spoken } from "./use-playback";
import type { TextSearch } from "./use-search";

const kChunk = 60;

interface TextProps {
  listRef: RefObject<HTMLDivElement | null>;
  segments: readonly Segment[];
  language: string | null;
  spoken: Spoken;
  search: TextSearch;
  onPlay: ((atMs: number) => void) | null; // null: there is nothing to play
}

export function Text({ listRef, segments, language, spoken, search, onPlay }: TextProps) {
  const chunks = useMemo(
    () => Array.from({ length: Math.ceil(segments.length / kChunk) }, (_, n) => segments.slice(n * kChunk, (n + 1) * kChunk)),
    [segments],
  );
  useSpokenMark(listRef, segments, spoken);
  useSearchMarks(listRef, search, segments.length);
  const hover = useHoverMark(listRef, segments, onPlay !== null);

  const play = (event: MouseEvent) => {
    const row = (event.target as Element).closest("[data-segment]");
    const segment = segments[Number(row?.getAttribute("data-segment"))];
    if (!onPlay || !row || !segment) return;
    if ((event.target as Element).closest("[data-time]")) return onPlay(segment.start_ms);
    const text = (event.target as Element).closest("[data-text]");
    if (!text || !(window.getSelection()?.isCollapsed ?? true)) return; // the user is selecting
    const offset = textOffsetAt(text, event.clientX, event.clientY);
    onPlay((offset === null ? null : wordAtOffset(segment, offset)?.start_ms) ?? segment.start_ms);
  };

  return (
    <div
      ref={listRef}
      className={`${styles["text"]} ${onPlay ? styles["playable"] : ""}`}
      lang={language ?? undefined}
      onClick={play}
      onPointerMove={hover.move}
      onPointerLeave={hover.leave}
    >
      {chunks.map((chunk, n) => {
        const first = n * kChunk;
        const isHere = spoken.segment >= first && spoken.segment < first + kChunk;
        return <TextChunk key={first} segments={chunk} first={first} spoken={isHere ? spoken.segment : -1} canPlay={onPlay !== null} />;
      })}
    </div>
  );
}

function useSpokenMark(list: RefObject<HTMLDivElement | null>, segments: readonly Segment[], spoken: Spoken): void {
  useEffect(() => {
    const segment = segments[spoken.segment];
    const range = segment && spoken.word >= 0 ? wordRanges(segment.text, segment.words)[spoken.word] : null;
    paint("v2t-spoken", list.current, range ? [{ segment: spoken.segment, ...range }] : []);
  }, [list, segments, spoken]);
  useEffect(() => () => paint("v2t-spoken", null, []), []);
}

function useSearchMarks(list: RefObject<HTMLDivElement | null>, search: TextSearch, count: number): void {
  const { matches, current } = search;
  useEffect(() => paint("v2t-match", list.current, matches), [list, matches, count]);
  useEffect(() => {
    const match = matches[current];
    paint("v2t-match-current", list.current, match ? [match] : []);
    list.current?.querySelector(`[data-segment="${match?.segment ?? -1}"]`)?.scrollIntoView({ block: "center" });
  }, [list, matches, current]);
  useEffect(
    () => () => {
      paint("v2t-match", null, []);
      paint("v2t-match-current", null, []);
    },
    [],
  );
}

// Underlines the word under the mouse: a click would play it.
function useHoverMark(list: RefObject<HTMLDivElement | null>, segments: readonly Segment[], canPlay: boolean) {
  const last = useRef("");
  const show = (segment: number, word: number) => {
    const key = `${segment}/${word}`;
    if (key === last.current) return;
    last.current = key;
    const found = segments[segment];
    const range = found && word >= 0 ? wordRanges(found.text, found.words)[word] : null;
    paint("v2t-hover", list.current, range ? [{ segment, ...range }] : []);
  };
  const move = (event: PointerEvent) => {
    const text = (event.target as Element).closest("[data-text]");
    const segment = Number(text?.closest("[data-segment]")?.getAttribute("data-segment") ?? -1);
    const found = segments[segment];
    if (!canPlay || event.pointerType !== "mouse" || !text || !found) return show(-1, -1);
    const offset = textOffsetAt(text, event.clientX, event.clientY);
    const word = offset === null ? null : wordAtOffset(found, offset);
    show(segment, word ? found.words.indexOf(word as (typeof found.words)[number]) : -1);
  };
  return { move, leave: () => show(-1, -1) };
}
