// Files may be let go anywhere on the page: the whole window says so while something is dragged over it.
import { useEffect, useState } from "react";
import { Icon } from "../../components/icon";
import { useI18n } from "../../i18n/i18n";
import styles from "./home.module.css";

function hasFiles(event: DragEvent): boolean {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

export function DropLayer({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useI18n();
  const [depth, setDepth] = useState(0);

  useEffect(() => {
    const enter = (event: DragEvent) => hasFiles(event) && setDepth((value) => value + 1);
    const leave = (event: DragEvent) => hasFiles(event) && setDepth((value) => Math.max(0, value - 1));
    const over = (event: DragEvent) => hasFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDepth(0);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) onFiles(files);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, [onFiles]);

  if (depth === 0) return null;
  return (
    <div className={styles["overlay"]}>
      <div className={styles["overlayCard"]}>
        <Icon name="upload" size={40} />
        <p>{t.home.dropNow}</p>
      </div>
    </div>
  );
}
