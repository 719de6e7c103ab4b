// The recording: the user's own copy while the page still has it, else the server's. Its picture, its timeline, its controls;
// or a sentence where it cannot be played.
import { useCallback, useState } from "react";
import { hasAllMedia, sizeBytes } from "../../api/job-view";
import { mediaUrl } from "../../api/jobs";
import type { Job, Segment } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { looksLikeAudio } from "../../lib/media-kind";
import { useObjectUrl } from "../../lib/use-object-url";
import { MediaTrouble, NoPicture, NoSound, useTroubleOf } from "./media-trouble";
import { Picture } from "./picture";
import { PlayerControls } from "./player-controls";
import styles from "./player.module.css";
import type { Editing } from "./use-editing";
import type { Playback } from "./use-playback";
import { Waveform } from "./waveform";

interface PlayerProps {
  job: Job;
  localFile: File | undefined;
  onLocalFile: (file: File) => void;
  segments: readonly Segment[];
  playback: Playback;
  editing: Editing | null; // null: times stay as they are
  cueLines: string[] | null; // subtitles shown over the picture
  onLoop: () => void;
}

export function Player({ job, localFile, onLocalFile, segments, playback, editing, cueLines, onLoop }: PlayerProps) {
  const { t } = useI18n();
  const isUploaded = sizeBytes(job) > 0 && hasAllMedia(job);
  const isLocal = localFile !== undefined;
  const localUrl = useObjectUrl(localFile);
  const source = localFile ? localUrl : isUploaded ? mediaUrl(job.id) : null;
  const [failed, setFailed] = useState<string | null>(null); // the source that did not play
  const [leftMs, setLeftMs] = useState(0);
  const [loaded, setLoaded] = useState<{ source: string; hasPicture: boolean } | null>(null);
  const hasFailed = source !== null && failed === source;
  const whyFailed = useTroubleOf(hasFailed ? source : null, isLocal);
  const trouble = !isLocal && job.upload === null ? "gone" : !isLocal && !isUploaded ? "uploading" : whyFailed;
  const retry = useCallback(() => setFailed(null), []);

  if (trouble) return <MediaTrouble job={job} trouble={trouble} isLocal={isLocal} onLocalFile={onLocalFile} onRetry={retry} />;
  if (!source || hasFailed) return null;
  const isLoaded = loaded?.source === source;
  const hasPicture = isLoaded ? loaded.hasPicture : !looksLikeAudio(job.name, localFile?.type);
  return (
    <section className={styles["player"]} aria-label={t.player.label} data-player>
      <Picture
        key={source}
        job={job}
        source={source}
        startMs={leftMs}
        hasPicture={hasPicture}
        segments={segments}
        playback={playback}
        cueLines={cueLines}
        onLoaded={(has) => setLoaded({ source, hasPicture: has })}
        onFailed={(atMs) => {
          setLeftMs(atMs);
          setFailed(source);
        }}
      />
      <div className={styles["panel"]}>
        <Waveform job={job} segments={segments} playback={playback} editing={editing} />
        <PlayerControls playback={playback} hasPicture={hasPicture} onLoop={onLoop} />
      </div>
      {isLoaded && hasPicture && job.error?.code !== "no_audio_track" && <NoSound key={source} media={playback.media} />}
      {isLoaded && !hasPicture && !looksLikeAudio(job.name) && <NoPicture isLocal={isLocal} onLocalFile={onLocalFile} />}
    </section>
  );
}
