// The text as captions of the picture: made by the page, drawn by the browser, as large and as coloured as its user has chosen.
import { useEffect, useMemo } from "react";
import type { Segment } from "../../api/types";
import { asVtt } from "../../lib/subtitles";
import { useObjectUrl } from "../../lib/use-object-url";

// They grow with the text; made anew every ten segments rather than with each, and when a change was saved.
export function useCaptions(segments: readonly Segment[], version: number): string | null {
  const step = segments.length < 10 ? segments.length : Math.floor(segments.length / 10) * 10;
  const captions = useMemo(
    () => (step === 0 ? undefined : new Blob([asVtt(segments)], { type: "text/vtt" })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above: by steps, not by segment
    [step, version],
  );
  return useObjectUrl(captions);
}

export function useCaptionsShown(media: HTMLMediaElement | null, captions: string | null, isShown: boolean): void {
  useEffect(() => {
    const track = media?.textTracks?.[0];
    if (track) track.mode = isShown ? "showing" : "disabled";
  }, [media, captions, isShown]);
}
