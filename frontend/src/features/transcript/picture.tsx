// The picture of the recording, with captions: a click plays and pauses, two fill the screen. Sound alone has no box.
import { useEffect, useRef, useState, type RefObject } from "react";
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
  const video = useRef<HTMLVideoElement>(null);
  const { setMedia } = playback;
  useEffect(() => {
    setMedia(video.current);
    return () => setMedia(null);
  }, [setMedia]);
  useOutcome(video, {
    onLoaded: (element) => {
      if (startMs > 0 && element.currentTime === 0) element.currentTime = startMs / 1000;
      onLoaded(element.videoWidth > 0);
    },
    onFailed: (element) => onFailed(element.currentTime * 1000),
  });
  const [hasPlayed, setPlayed] = useState(startMs > 0);
  return (
    <div className={hasPicture ? styles["screen"] : undefined}>
      <video
        ref={video}
        className={hasPicture ? styles["video"] : styles["sound"]}
        src={source}
        playsInline
        preload="metadata"
        aria-label={job.name}
        onPlay={() => setPlayed(true)}
        onClick={playback.toggle}
        onDoubleClick={() => toggleFullScreen(media)}
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

interface Outcome {
  onLoaded: (video: HTMLVideoElement) => void;
  onFailed: (video: HTMLVideoElement) => void;
}

// Asked as well as listened to: beside a long text the browser may know before React has put the element into the page.
function useOutcome(video: RefObject<HTMLVideoElement | null>, outcome: Outcome): void {
  const latest = useRef(outcome);
  useEffect(() => {
    latest.current = outcome;
  });
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const loaded = () => latest.current.onLoaded(element);
    const failed = () => latest.current.onFailed(element);
    if (element.error) failed();
    else if (element.readyState > 0) loaded();
    element.addEventListener("loadedmetadata", loaded);
    element.addEventListener("error", failed);
    return () => {
      element.removeEventListener("loadedmetadata", loaded);
      element.removeEventListener("error", failed);
    };
  }, [video]);
}

function useLoudness(media: HTMLMediaElement | null): void {
  const { volume, isMuted } = useStore(loudnessStore);
  useEffect(() => {
    if (media) Object.assign(media, { volume, muted: isMuted });
  }, [media, volume, isMuted]);
}
