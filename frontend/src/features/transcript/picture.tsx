// The picture of the recording, with captions: a click plays and pauses, two fill the screen. Sound alone has no box.
import { useEffect, useRef, useState } from "react";
import type { Job, Segment } from "../../api/types";
import { Icon } from "../../components/icon";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import { toggleFullScreen } from "./full-screen";
import { captionsStore, loudnessStore } from "./player-choices";
import styles from "./picture.module.css";
import { useCaptions, useCaptionsShown } from "./use-captions";
import type { Playback } from "./use-playback";

interface PictureProps {
  job: Job;
  source: string;
  startMs: number; // where it was when another source was shown
  hasPicture: boolean;
  segments: readonly Segment[];
  playback: Playback;
  cueLines: string[] | null; // subtitles by rules, shown instead of captions
  onLoaded: (hasPicture: boolean) => void;
  onFailed: (atMs: number) => void;
}

export function Picture({ job, source, startMs, hasPicture, segments, playback, cueLines, onLoaded, onFailed }: PictureProps) {
  const { t } = useI18n();
  const { media, isWaiting } = playback;
  const captions = useCaptions(segments, job.version);
  useCaptionsShown(media, captions, useStore(captionsStore) && cueLines === null);
  useLoudness(media);
  const language = job.settings.task === "translate" ? "en" : (job.language ?? "");
  const first = useRef(startMs);
  const [hasPlayed, setPlayed] = useState(startMs > 0);
  return (
    <div className={hasPicture ? styles["screen"] : undefined}>
      <video
        ref={playback.setMedia}
        className={hasPicture ? styles["video"] : styles["sound"]}
        src={source}
        playsInline
        preload="metadata"
        aria-label={job.name}
        onPlay={() => setPlayed(true)}
        onClick={playback.toggle}
        onDoubleClick={() => toggleFullScreen(media)}
        onLoadedMetadata={({ currentTarget }) => {
          if (first.current > 0) currentTarget.currentTime = first.current / 1000;
          onLoaded(currentTarget.videoWidth > 0);
        }}
        onError={({ currentTarget }) => onFailed(currentTarget.currentTime * 1000)}
      >
        {captions && <track kind="captions" label={t.player.captions} srcLang={language || "und"} src={captions} />}
      </video>
      {hasPicture && !hasPlayed && (
        <span className={styles["start"]} aria-hidden="true">
          <Icon name="play" size={28} />
        </span>
      )}
      {hasPicture && isWaiting && <span className={styles["waiting"]} aria-hidden="true" />}
      {cueLines && (
        <p className={styles["cue"]} dir="auto" lang={language || undefined} aria-hidden="true">
          {cueLines.map((line, index) => (
            <span key={index}>{line}</span>
          ))}
        </p>
      )}
    </div>
  );
}

function useLoudness(media: HTMLMediaElement | null): void {
  const { volume, isMuted } = useStore(loudnessStore);
  useEffect(() => {
    if (media) Object.assign(media, { volume, muted: isMuted });
  }, [media, volume, isMuted]);
}
