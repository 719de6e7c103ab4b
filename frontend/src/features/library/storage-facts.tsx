// What the user's files take on the server, and what it keeps for how long.
import { useServer } from "../../api/server";
import { useStorage } from "../../api/storage";
import { useI18n } from "../../i18n/i18n";
import styles from "./library.module.css";

export function StorageFacts() {
  const { t, format } = useI18n();
  const storage = useStorage();
  const server = useServer();
  if (!storage.data) return null; // an aside: nothing is missing without it
  const { media_bytes, text_bytes, quota_bytes, disk_free_bytes } = storage.data;
  const used = media_bytes + text_bytes;
  return (
    <footer className={styles["storage"]}>
      <p>
        {t.library.storage({ used: format.bytes(used), media: format.bytes(media_bytes), text: format.bytes(text_bytes) })}{" "}
        {quota_bytes === null
          ? t.library.storageFree({ free: format.bytes(disk_free_bytes) })
          : t.library.storageQuota({ quota: format.bytes(quota_bytes) })}
      </p>
      {quota_bytes !== null && quota_bytes > 0 && (
        <meter min={0} max={quota_bytes} high={quota_bytes * 0.9} value={used} aria-label={t.library.storageMeter} />
      )}
      {server.data?.is_ephemeral && <p className={styles["ephemeral"]}>{t.library.ephemeral}</p>}
    </footer>
  );
}
