// Keys for listening and searching, anywhere on the page except where somebody types. They can be switched off, as
// WCAG 2.1.4 wants: people who speak to their computer trigger single letters by accident.
import { useEffect } from "react";
import { readText, writeText } from "../../lib/storage";
import { Store } from "../../lib/store";

export interface KeyActions {
  toggle: () => void;
  skip: (byMs: number) => void;
  search: () => void;
}

const kSkipMs = 5000;
const kKey = "v2t.keys";

export const keysOnStore = new Store(readText(kKey) !== "off");

export function chooseKeys(isOn: boolean): void {
  writeText(kKey, isOn ? null : "off");
  keysOnStore.set(isOn);
}

function isTypingPlace(target: Element | null): boolean {
  return target?.closest?.("input, select, textarea, [contenteditable], dialog, [role=menu]") != null;
}

export function useKeys({ toggle, skip, search }: KeyActions, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element | null;
      const isChord = event.ctrlKey || event.metaKey || event.altKey;
      if (event.defaultPrevented || isChord || isTypingPlace(target)) return;
      const isControl = target?.closest?.("button, a, summary, video, audio") != null;
      // By place on the keyboard, so that they work in a Cyrillic layout too.
      const actions: Record<string, () => void> = {
        KeyK: toggle,
        KeyJ: () => skip(-kSkipMs),
        KeyL: () => skip(kSkipMs),
        Slash: search,
        ...(isControl ? {} : { Space: toggle }),
      };
      const act = actions[event.key === "/" ? "Slash" : event.code];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [toggle, skip, search, isOn]);
}
