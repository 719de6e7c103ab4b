// What concerns the whole page: the connection, deletions that can be undone, words for screen readers.
import { connectionStore, retryNow } from "./api/connection";
import { pauseCountdown, resumeCountdown, sendNow, undoableStore, undoDeletion } from "./api/deletions";
import { Button, IconButton } from "./components/button";
import { useI18n } from "./i18n/i18n";
import { announcementStore } from "./lib/announce";
import { useStore } from "./lib/use-store";
import styles from "./app.module.css";

export function ConnectionBanner() {
  const { t } = useI18n();
  const connection = useStore(connectionStore);
  return (
    <div role="status">
      {connection === "offline" && (
        <div className={styles["banner"]}>
          {t.connection.offline}
          <Button onClick={retryNow}>{t.connection.retryNow}</Button>
        </div>
      )}
      {connection === "restored" && <div className={`${styles["banner"]} ${styles["bannerGood"]}`}>{t.connection.back}</div>}
    </div>
  );
}

export function UndoMessages() {
  const { t } = useI18n();
  const deletions = useStore(undoableStore);
  return (
    <div className={styles["toasts"]} role="status">
      {deletions.map(({ id, name }) => (
        <div
          key={id}
          className={styles["toast"]}
          onPointerEnter={() => pauseCountdown(id)}
          onPointerLeave={() => resumeCountdown(id)}
          onFocus={() => pauseCountdown(id)}
          onBlur={() => resumeCountdown(id)}
        >
          <p>{t.deleted({ name })}</p>
          <Button look="ghost" onClick={() => undoDeletion(id)}>
            {t.actions.undo}
          </Button>
          <IconButton icon="close" label={t.actions.close} onClick={() => sendNow(id)} />
        </div>
      ))}
    </div>
  );
}

export function Announcer() {
  return (
    <p className="visually-hidden" role="status">
      {useStore(announcementStore)}
    </p>
  );
}
