// A file that has no job yet: it waits for its turn, or the server did not take it.
import { isWorthRetrying, stageOfUpload } from "../../api/job-view";
import type { UploadItem } from "../../api/upload-machine";
import { Button, IconButton } from "../../components/button";
import { Icon } from "../../components/icon";
import { wordsOf } from "../../components/problem";
import { ProgressBar } from "../../components/progress-bar";
import { StageBadge } from "../../components/stage-badge";
import { useI18n } from "../../i18n/i18n";
import { looksLikeAudio } from "../../lib/media-kind";
import styles from "./library.module.css";

interface UploadRowProps {
  item: UploadItem;
  onRetry: () => void;
  onRemove: () => void;
}

export function UploadRow({ item, onRetry, onRemove }: UploadRowProps) {
  const { t, format } = useI18n();
  const { file, error } = item;
  return (
    <li className={styles["row"]}>
      <span className={styles["kind"]}>
        <Icon name={looksLikeAudio(file.name, file.type) ? "sound" : "video"} />
      </span>
      <div className={styles["body"]}>
        <span className={styles["name"]} dir="auto">
          {file.name}
        </span>
        <p className={styles["facts"]}>
          <StageBadge stage={stageOfUpload(item)} />
          <span>{format.bytes(file.size)}</span>
        </p>
        {item.phase === "takingSound" && (
          <div className={styles["facts"]}>
            <ProgressBar label={t.progress.takingSound} fraction={item.soundFraction} />
          </div>
        )}
        {item.phase === "takingSound" && <p className={styles["facts"]}>{t.progress.takingSound}</p>}
        {item.phase === "waiting" && <p className={styles["facts"]}>{t.progress.waitingUpload}</p>}
        {item.phase === "reconnecting" && <p className={styles["facts"]}>{t.progress.reconnecting}</p>}
        {error && (
          <p className={styles["error"]} role="alert">
            {wordsOf(t, error.code).what} <span className={styles["todo"]}>{wordsOf(t, error.code).todo}</span>
          </p>
        )}
      </div>
      <div className={styles["actions"]} role="group" aria-label={t.library.actionsFor({ name: file.name })}>
        {error && isWorthRetrying(error) && (
          <Button look="ghost" icon="retry" onClick={onRetry}>
            {t.actions.retry}
          </Button>
        )}
        <IconButton icon="close" label={t.actions.cancel} onClick={onRemove} />
      </div>
    </li>
  );
}
