// What is said where the recording cannot be played, and what can be done about it.
import { useEffect, useState } from "react";
import { onRestored } from "../../api/connection";
import { mediaUrl } from "../../api/jobs";
import type { Job } from "../../api/types";
import { Button } from "../../components/button";
import { FilePicker } from "../../components/file-picker";
import { useI18n } from "../../i18n/i18n";
import styles from "./media-trouble.module.css";

export type Trouble = "gone" | "uploading" | "format" | "unreachable";

interface MediaTroubleProps {
  job: Job;
  trouble: Trouble;
  isLocal: boolean; // it is the user's own copy that does not play
  onLocalFile: (file: File) => void;
  onRetry: () => void;
}

export function MediaTrouble({ job, trouble, isLocal, onLocalFile, onRetry }: MediaTroubleProps) {
  const { t } = useI18n();
  useEffect(() => (trouble === "unreachable" ? onRestored(onRetry) : undefined), [trouble, onRetry]);
  const words = { gone: t.player.gone, uploading: t.player.noMediaYet, format: t.player.cannotPlay, unreachable: t.player.unreachable }[trouble];
  return (
    <div className={styles["note"]} role="status">
      <p>{words}</p>
      <div className={styles["ways"]}>
        {trouble === "unreachable" && (
          <Button icon="retry" onClick={onRetry}>
            {t.actions.retry}
          </Button>
        )}
        {trouble === "format" && !isLocal && (
          <a className={styles["link"]} href={mediaUrl(job.id)} download={job.name}>
            {t.player.downloadMedia}
          </a>
        )}
        {!isLocal && trouble !== "uploading" && <LocalFilePicker onLocalFile={onLocalFile} />}
      </div>
    </div>
  );
}

// Of a video whose sound alone was uploaded the picture is on the user's disk.
export function NoPicture({ isLocal, onLocalFile }: { isLocal: boolean; onLocalFile: (file: File) => void }) {
  const { t } = useI18n();
  return (
    <div className={styles["below"]}>
      <p>{t.player.noPicture}</p>
      {!isLocal && <LocalFilePicker onLocalFile={onLocalFile} />}
    </div>
  );
}

// A picture that plays without its sound: browsers do not call that an error.
export function NoSound({ media }: { media: HTMLMediaElement | null }) {
  const { t } = useI18n();
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    if (!media) return;
    const look = () => {
      if (media.currentTime > kHeardByS) setSilent(hasNoSound(media));
    };
    media.addEventListener("timeupdate", look);
    return () => media.removeEventListener("timeupdate", look);
  }, [media]);
  if (!isSilent) return null;
  return (
    <div className={styles["below"]} role="status">
      <p>{t.player.noSound}</p>
    </div>
  );
}

const kHeardByS = 1;

function hasNoSound(media: HTMLMediaElement): boolean {
  const { webkitAudioDecodedByteCount, mozHasAudio } = media as { webkitAudioDecodedByteCount?: number; mozHasAudio?: boolean };
  return webkitAudioDecodedByteCount === 0 || mozHasAudio === false;
}

function LocalFilePicker({ onLocalFile }: { onLocalFile: (file: File) => void }) {
  const { t } = useI18n();
  return <FilePicker onFiles={([file]) => file && onLocalFile(file)}>{t.player.chooseLocal}</FilePicker>;
}

// A media element does not say why it failed: the server is asked. null: not known yet.
export function useTroubleOf(failedSource: string | null, isLocal: boolean): Trouble | null {
  const [found, setFound] = useState<{ source: string; trouble: Trouble } | null>(null);
  useEffect(() => {
    if (!failedSource || isLocal) return;
    let isCurrent = true;
    const tell = (trouble: Trouble) => isCurrent && setFound({ source: failedSource, trouble });
    fetch(failedSource, { method: "HEAD" })
      .then(({ ok, status }) => tell(status === 404 ? "gone" : status === 409 ? "uploading" : ok ? "format" : "unreachable"))
      .catch(() => tell("unreachable"));
    return () => {
      isCurrent = false;
    };
  }, [failedSource, isLocal]);
  if (!failedSource) return null;
  if (isLocal) return "format";
  return found?.source === failedSource ? found.trouble : null;
}
