// Searching in the text: matches, and which of them is looked at.
import { useDeferredValue, useMemo, useState } from "react";
import type { Segment } from "../../api/types";
import { findAll, type Match } from "../../lib/search";

export interface TextSearch {
  query: string;
  matches: readonly Match[];
  current: number; // index into matches; -1 without any
  setQuery: (query: string) => void;
  next: () => void;
  previous: () => void;
}

const kNone: readonly Match[] = [];

export function useSearch(segments: readonly Segment[]): TextSearch {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const wanted = useDeferredValue(query);
  const texts = useMemo(() => segments.map((segment) => segment.text), [segments]);
  const matches = useMemo(() => (wanted.trim() === "" ? kNone : findAll(texts, wanted)), [texts, wanted]);
  const count = matches.length;
  const current = count === 0 ? -1 : Math.min(chosen, count - 1);
  const step = (by: number) => {
    if (count > 0) setChosen((current + by + count) % count);
  };
  return {
    query,
    matches,
    current,
    setQuery: (value) => {
      setQuery(value);
      setChosen(0);
    },
    next: () => step(1),
    previous: () => step(-1),
  };
}
