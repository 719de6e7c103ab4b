// The recording: the user's own copy while the page still has it, else the server's; with captions made from the text.
import { useEffect, useMemo, useState } from "react";
import { hasAllMedia, sizeBytes } from "../../api/job-view";
import { mediaUrl } from "../../api/jobs";
import type { Job, Segment } from "../../api/types";
import { Button } from "../../components/button";
import { FilePicker } from "../../components/file-picker";
import { useI18n } from "../../i18n/i18n";
import { looksLikeAudio } from "../../lib/media-kind";
import { asVtt } from "../../lib/subtitles";
import { useObjectUrl } from "../../lib/use-object-url";
import styles from "./player.module.css";
import type { Editing } from "./use-editing";
import { kSpeeds, type Playback } from "./use-playback";
import { Waveform } from "./waveform";

export const kSkipMs = 5000;

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
  const localUrl = useObjectUrl(localFile);
  const source = localFile ? localUrl : isUploaded ? mediaUrl(job.id) : null;
  const [failed, setFailed] = useState<string | null>(null); // the source that did not play
  const why = useFailureReason(failed === source ? source : null, localFile !== undefined);

  if (!localFile && job.upload === null) return <NoMedia words={t.player.gone} onLocalFile={onLocalFile} />;
  if (!localFile && !isUploaded) return <p className={styles["note"]}>{t.player.noMediaYet}</p>;
  if (!source) return null;
  if (failed === source) {
    return <NoMedia words={why === "gone" ? t.player.gone : t.player.cannotPlay} onLocalFile={localFile ? null : onLocalFile} />;
  }
  return (
    <section className={styles["player"]} aria-label={t.player.label}>
      <Media key={source} job={job} source={source} segments={segments} playback={playback} cueLines={cueLines} onFailed={() => setFailed(source)} />
      <Waveform job={job} segments={segments} playback={playback} editing={editing} after={<LoopAndSpeed playback={playback} onLoop={onLoop} />}>
        <PlayButtons playback={playback} />
      </Waveform>
      {!localFile && <SoundOnly key={source} job={job} media={playback.media} onLocalFile={onLocalFile} />}
    </section>
  );
}

function NoMedia({ words, onLocalFile }: { words: string; onLocalFile: ((file: File) => void) | null }) {
  const { t } = useI18n();
  return (
    <div className={styles["note"]}>
      <p>{words}</p>
      {onLocalFile && <FilePicker onFiles={([file]) => file && onLocalFile(file)}>{t.player.chooseLocal}</FilePicker>}
    </div>
  );
}

// Of a video whose sound alone was uploaded: the picture is on the user's disk.
function SoundOnly({ job, media, onLocalFile }: { job: Job; media: HTMLMediaElement | null; onLocalFile: (file: File) => void }) {
  const { t } = useI18n();
  const [isSound, setSound] = useState(false);
  useEffect(() => {
    if (!(media instanceof HTMLVideoElement)) return;
    const read = () => setSound(media.readyState > 0 && media.videoWidth === 0);
    read();
    media.addEventListener("loadedmetadata", read);
    return () => media.removeEventListener("loadedmetadata", read);
  }, [media]);
  if (!isSound || looksLikeAudio(job.name)) return null;
  return (
    <div className={styles["soundOnly"]}>
      <p>{t.player.soundOnly}</p>
      <FilePicker onFiles={([file]) => file && onLocalFile(file)}>{t.player.chooseLocal}</FilePicker>
    </div>
  );
}

interface MediaProps {
  job: Job;
  source: string;
  segments: readonly Segment[];
  playback: Playback;
  cueLines: string[] | null;
  onFailed: () => void;
}

function Media({ job, source, segments, playback, cueLines, onFailed }: MediaProps) {
  const { t } = useI18n();
  const [hasPicture, setPicture] = useState(!looksLikeAudio(job.name));
  const captions = useCaptions(segments, job.version);
  const language = job.settings.task === "translate" ? "en" : (job.language ?? "");
  return (
    <div className={hasPicture ? styles["screen"] : undefined}>
      <video
        ref={playback.setMedia}
        className={hasPicture ? styles["video"] : styles["audio"]}
        src={source}
        controls={hasPicture}
        playsInline
        preload="metadata"
        aria-label={job.name}
        onLoadedMetadata={(event) => setPicture(event.currentTarget.videoWidth > 0)}
        onError={onFailed}
      >
        {captions && <track kind="captions" label={t.player.captions} srcLang={language || "und"} src={captions} />}
      </video>
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

// Captions grow with the text; made anew every ten segments rather than with each, and when a change was saved.
function useCaptions(segments: readonly Segment[], version: number): string | null {
  const step = segments.length < 10 ? segments.length : Math.floor(segments.length / 10) * 10;
  const captions = useMemo(
    () => (step === 0 ? undefined : new Blob([asVtt(segments)], { type: "text/vtt" })),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above: by steps, not by segment
    [step, version],
  );
  return useObjectUrl(captions);
}

function PlayButtons({ playback }: { playback: Playback }) {
  const { t } = useI18n();
  const { isPlaying } = playback;
  return (
    <>
      <Button look="ghost" aria-label={t.player.back} title={t.player.back} onClick={() => playback.skip(-kSkipMs)}>
        −5
      </Button>
      <Button
        look="ghost"
        icon={isPlaying ? "pause" : "play"}
        className={styles["play"]}
        aria-label={isPlaying ? t.player.pause : t.player.play}
        title={isPlaying ? t.player.pause : t.player.play}
        onClick={playback.toggle}
      />
      <Button look="ghost" aria-label={t.player.forward} title={t.player.forward} onClick={() => playback.skip(kSkipMs)}>
        +5
      </Button>
    </>
  );
}

function LoopAndSpeed({ playback, onLoop }: { playback: Playback; onLoop: () => void }) {
  const { t, format } = useI18n();
  return (
    <>
      <Button
        look="ghost"
        icon="loop"
        className={styles["loop"]}
        aria-pressed={playback.loop !== null}
        aria-label={t.player.loop}
        title={t.player.loop}
        onClick={onLoop}
      />
      <label className={styles["speed"]}>
        <span className="visually-hidden">{t.player.speed}</span>
        <select title={t.player.speed} value={playback.speed} onChange={(event) => playback.setSpeed(Number(event.target.value))}>
          {kSpeeds.map((value) => (
            <option key={value} value={value}>
              {t.player.speedValue({ times: format.number(value, 2) })}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

// A media element does not say why it failed: ask the server whether the file is still there.
function useFailureReason(source: string | null, isLocal: boolean): "gone" | "format" {
  const [gone, setGone] = useState<string | null>(null);
  useEffect(() => {
    if (!source || isLocal) return;
    let isCurrent = true;
    fetch(source, { method: "HEAD" })
      .then((response) => {
        if (isCurrent && (response.status === 404 || response.status === 409)) setGone(source);
      })
      .catch(() => undefined); // no answer: the banner about the connection says so
    return () => {
      isCurrent = false;
    };
  }, [source, isLocal]);
  return source !== null && gone === source ? "gone" : "format";
}
