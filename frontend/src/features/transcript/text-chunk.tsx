// A stretch of the text: browsers skip its layout while it is out of sight, React while it has not changed.
import { memo } from "react";
import type { Segment } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { clock } from "../../lib/time";
import styles from "./text.module.css";

interface TextChunkProps {
  segments: readonly Segment[];
  first: number; // index of the first one in the whole text
  spoken: number; // index of the one that sounds, -1 when it is not here
  canPlay: boolean;
}

function isSame(before: TextChunkProps, after: TextChunkProps): boolean {
  return (
    before.first === after.first &&
    before.spoken === after.spoken &&
    before.canPlay === after.canPlay &&
    before.segments.length === after.segments.length &&
    before.segments.every((segment, index) => segment === after.segments[index])
  );
}

export const TextChunk = memo(function TextChunk({ segments, first, spoken, canPlay }: TextChunkProps) {
  const { t } = useI18n();
  return (
    <ol className={styles["chunk"]} start={first + 1}>
      {segments.map((segment, offset) => {
        const index = first + offset;
        const time = clock(segment.start_ms);
        return (
          <li key={index} data-segment={index} className={`${styles["segment"]} ${index === spoken ? styles["spoken"] : ""}`}>
            {canPlay ? (
              <button type="button" className={styles["time"]} data-time aria-label={t.transcript.playFrom({ time })}>
                {time}
              </button>
            ) : (
              <span className={styles["time"]}>{time}</span>
            )}
            <p className={styles["words"]} dir="auto" data-text>
              {segment.text}
            </p>
          </li>
        );
      })}
    </ol>
  );
}, isSame);
