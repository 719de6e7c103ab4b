// Subtitles as they would be exported, for the text as the server has it: which rules, which cue now.
import { useEffect, useState } from "react";
import { useSubtitles, type SubtitleChoice } from "../../api/results";
import type { Subtitles } from "../../api/types";
import { readJson, writeJson } from "../../lib/storage";
import { Store } from "../../lib/store";
import { activeIndex } from "../../lib/timeline";
import { useStore } from "../../lib/use-store";

const kKey = "v2t.subtitles";

function remembered(): SubtitleChoice {
  const value = readJson(kKey) as SubtitleChoice | null;
  return typeof value === "object" && value !== null ? value : {};
}

export const subtitleChoiceStore = new Store<SubtitleChoice>(remembered());

export function chooseSubtitles(choice: SubtitleChoice): void {
  writeJson(kKey, choice);
  subtitleChoiceStore.set(choice);
}

export function useJobSubtitles(jobId: string, version: number, isShown: boolean) {
  return useSubtitles(jobId, version, useStore(subtitleChoiceStore), isShown);
}

// The lines that stand at the player's moment; null: none.
export function useCueLines(subtitles: Subtitles | undefined, media: HTMLMediaElement | null): string[] | null {
  const [cue, setCue] = useState(-1);
  useEffect(() => {
    if (!media || !subtitles) return setCue(-1);
    const timed = subtitles.cues.map(({ start_ms, end_ms }) => ({ start_ms, end_ms, text: "" }));
    let frame = 0;
    const look = () => {
      setCue(activeIndex(timed, media.currentTime * 1000, 0));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [media, subtitles]);
  return subtitles?.cues[cue]?.lines ?? null;
}
