// The queue of doubtful words: those that are left, and which of them is looked at.
import { useCallback, useEffect, useMemo, useState, type RefObject } from "react";
import type { Segment } from "../../api/types";
import { doubtfulWords, type DoubtfulWord } from "../../lib/edits";
import { scrollTo } from "./use-follow";
import type { Editing } from "./use-editing";

export interface Review {
  words: readonly DoubtfulWord[];
  at: number; // index of the word that is looked at; -1: none
  current: DoubtfulWord | null;
  step: (by: 1 | -1) => DoubtfulWord | null;
  stop: () => void;
}

const kBesideText = "(min-width: 900px)"; // where the panel is above the text, it shows the line itself and stays

interface Place {
  startMs: number;
  isOn: boolean;
}

export function useReview(segments: readonly Segment[], editing: Editing, list: RefObject<HTMLElement | null>): Review {
  const words = useMemo(() => doubtfulWords(segments), [segments]);
  const [place, setPlace] = useState<Place>({ startMs: -1, isOn: false });
  // Once a word is settled the next one takes its place.
  const following = words.findIndex((word) => word.start_ms >= place.startMs);
  const at = !place.isOn || words.length === 0 ? -1 : following < 0 ? words.length - 1 : following;
  const current = words[at] ?? null;
  const { look } = editing;
  const isWriting = editing.cursor.caret !== null;

  useEffect(() => {
    if (!current || isWriting || !window.matchMedia(kBesideText).matches) return;
    look(current.segment);
    scrollTo(list.current, current.segment);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- to another word, not to the same one again when writing ends
  }, [current?.segment, current?.word, look, list]);

  const step = useCallback(
    (by: 1 | -1) => {
      const next = words[at < 0 ? (by > 0 ? Math.max(0, following) : words.length - 1) : (at + by + words.length) % words.length];
      if (!next) return null;
      setPlace({ startMs: next.start_ms, isOn: true });
      return next;
    },
    [words, at, following],
  );
  const stop = useCallback(() => setPlace((old) => ({ ...old, isOn: false })), []);
  return { words, at, current, step, stop };
}
