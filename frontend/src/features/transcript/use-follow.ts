// Keeps what sounds in sight, until the user scrolls; and keeps to the end of a text that grows, while the user is there.
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { rowOf } from "./highlights";

const kScrollKeys = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
const kNearEndPx = 160;

export interface Follow {
  isOn: boolean;
  turnOn: () => void;
}

export function scrollTo(list: HTMLElement | null, segment: number): void {
  const row = rowOf(list, segment);
  if (!row) return;
  const distance = Math.abs(row.getBoundingClientRect().top - window.innerHeight / 2);
  const isFar = distance > window.innerHeight * 2;
  const prefersStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  row.scrollIntoView({ block: "center", behavior: isFar || prefersStill ? "auto" : "smooth" });
}

// `segment`: the id of the one that sounds. Whoever writes is not pulled away.
export function useFollow(list: RefObject<HTMLElement | null>, segment: number | null, isPlaying: boolean, isWriting: boolean): Follow {
  const [isOn, setOn] = useState(true);

  useEffect(() => {
    const stop = () => setOn(false);
    const stopOnMove = (event: Event) => {
      if (!(event.target as Element | null)?.closest?.("[data-player]")) stop();
    };
    const stopOnKey = (event: KeyboardEvent) => {
      const isElsewhere = (event.target as Element | null)?.closest?.("input, select, textarea, [role=menu]");
      if (kScrollKeys.has(event.key) && !isElsewhere) stop();
    };
    window.addEventListener("wheel", stopOnMove, { passive: true });
    window.addEventListener("touchmove", stopOnMove, { passive: true });
    window.addEventListener("keydown", stopOnKey);
    return () => {
      window.removeEventListener("wheel", stopOnMove);
      window.removeEventListener("touchmove", stopOnMove);
      window.removeEventListener("keydown", stopOnKey);
    };
  }, []);

  useEffect(() => {
    if (isOn && isPlaying && !isWriting && segment !== null) scrollTo(list.current, segment);
  }, [list, isOn, isPlaying, isWriting, segment]);

  return { isOn, turnOn: () => setOn(true) };
}

// While the text is being made and nothing plays, whoever reads at its end sees the new lines come.
export function useStayAtEnd(length: number, isGrowing: boolean): void {
  const wasAtEnd = useRef(false);
  useEffect(() => {
    const note = () => {
      const page = document.documentElement;
      const canScroll = page.scrollHeight > window.innerHeight + kNearEndPx;
      wasAtEnd.current = canScroll && page.scrollHeight - window.innerHeight - window.scrollY < kNearEndPx;
    };
    window.addEventListener("scroll", note, { passive: true });
    return () => window.removeEventListener("scroll", note);
  }, []);
  useLayoutEffect(() => {
    if (isGrowing && wasAtEnd.current) window.scrollTo({ top: document.documentElement.scrollHeight });
  }, [length, isGrowing]);
}
