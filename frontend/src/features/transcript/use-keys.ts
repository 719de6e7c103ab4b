// Keys for listening and editing, anywhere on the page except where somebody types. Single letters can be switched off, as
// WCAG 2.1.4 wants: people who speak to their computer trigger them by accident.
import { useEffect, useRef } from "react";
import { readText, writeText } from "../../lib/storage";
import { Store } from "../../lib/store";

// In the order of the sheet of shortcuts.
export const kShortcuts = {
  listen: {
    toggle: ["Space", "K"],
    back: ["J"],
    forward: ["L"],
    slower: ["Shift+,"],
    faster: ["Shift+."],
    loop: ["R"],
    mute: ["V"],
    captions: ["C"],
    fullScreen: ["F"],
  },
  review: { nextDoubt: ["N"], previousDoubt: ["P"], hear: ["H"], accept: ["A"] },
  find: { search: ["/"], replace: ["Ctrl+H"], sheet: ["?"] },
  edit: {
    edit: ["E"],
    split: ["X"],
    merge: ["M"],
    insert: ["I"],
    remove: ["Shift+Delete"],
    startEarlier: ["["],
    startLater: ["]"],
    endEarlier: ["Shift+["],
    endLater: ["Shift+]"],
    undo: ["Ctrl+Z"],
    redo: ["Ctrl+Shift+Z", "Ctrl+Y"],
  },
} as const;

type Groups = typeof kShortcuts;
export type KeyAction = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];
export type KeyActions = Partial<Record<KeyAction, () => void>>;

// What works inside the field of a segment's text.
export const kWritingKeys = ["done", "cancel", "splitHere", "joinBefore", "joinAfter", "neighbour"] as const;
export const kWritingKeyNames: Record<(typeof kWritingKeys)[number], string[]> = {
  done: ["Enter"],
  cancel: ["Esc"],
  splitHere: ["Ctrl+Enter"],
  joinBefore: ["Backspace"],
  joinAfter: ["Delete"],
  neighbour: ["Alt+↑", "Alt+↓"],
};

const kKey = "v2t.keys";

export const keysOnStore = new Store(readText(kKey) !== "off");

export function chooseKeys(isOn: boolean): void {
  writeText(kKey, isOn ? null : "off");
  keysOnStore.set(isOn);
}

function isTypingPlace(target: Element | null): boolean {
  return target?.closest?.("input:not([type=checkbox], [type=radio], [type=range]), select, textarea, [contenteditable], dialog, [role=menu]") != null;
}

// By place on the keyboard, so that they work in a Cyrillic layout too.
const kSingle: Record<string, KeyAction> = {
  KeyK: "toggle",
  Space: "toggle",
  KeyJ: "back",
  KeyL: "forward",
  KeyR: "loop",
  KeyV: "mute",
  KeyC: "captions",
  KeyF: "fullScreen",
  KeyN: "nextDoubt",
  KeyP: "previousDoubt",
  KeyH: "hear",
  KeyA: "accept",
  KeyE: "edit",
  KeyX: "split",
  KeyM: "merge",
  KeyI: "insert",
  BracketLeft: "startEarlier",
  BracketRight: "startLater",
  Slash: "search",
};
const kShifted: Record<string, KeyAction> = {
  Comma: "slower",
  Period: "faster",
  BracketLeft: "endEarlier",
  BracketRight: "endLater",
  Delete: "remove",
  Slash: "sheet",
};

function actionOf(event: KeyboardEvent): KeyAction | null {
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    if (event.code === "KeyZ") return event.shiftKey ? "redo" : "undo";
    if (event.code === "KeyY") return "redo";
    return event.code === "KeyH" && !event.shiftKey && event.ctrlKey ? "replace" : null;
  }
  if (event.key === "?") return "sheet";
  if (event.key === "/") return "search";
  return (event.shiftKey ? kShifted : kSingle)[event.code] ?? null;
}

export function useKeys(actions: KeyActions, isOn: boolean): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element | null;
      if (event.defaultPrevented || isTypingPlace(target)) return;
      const isChord = event.ctrlKey || event.metaKey;
      const isControl = target?.closest?.("button, a, summary, video, audio, input") != null;
      const action = actionOf(event);
      if (action && document.fullscreenElement && !(action in kShortcuts.listen)) return; // the text is not seen
      const act = action && (isOn || isChord) && !(event.code === "Space" && isControl) ? latest.current[action] : null;
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isOn]);
}
