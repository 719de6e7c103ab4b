// Tells the user, who is elsewhere meanwhile, that a text is ready: by the browser's notifications, once they are wanted.
import { useEffect, useRef } from "react";
import { useWatchedJobs } from "../../api/jobs";
import { isFinal, type JobState } from "../../api/types";
import { Button } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { askPermission, notify, permissionStore } from "../../lib/notifications";
import { navigate } from "../../lib/route";
import { useStore } from "../../lib/use-store";
import styles from "./library.module.css";

// Asked for by the user, while there is something to wait for; never when the page is opened.
export function DoneNotice({ isNeeded }: { isNeeded: boolean }) {
  const { t } = useI18n();
  const permission = useStore(permissionStore);
  if (!isNeeded || permission !== "default") return null;
  return (
    <Button look="ghost" icon="bell" className={styles["notice"]} onClick={() => void askPermission()}>
      {t.library.notify}
    </Button>
  );
}

export function useDoneNotifications(): void {
  const { t } = useI18n();
  const jobs = useWatchedJobs(useStore(permissionStore) === "granted");
  const before = useRef(new Map<string, JobState>());
  useEffect(() => {
    for (const { id, name, state } of jobs) {
      const was = before.current.get(id);
      before.current.set(id, state);
      if (was === undefined || isFinal(was) || (state !== "done" && state !== "failed")) continue;
      const words = state === "done" ? t.library.notifyDone({ name }) : t.library.notifyFailed({ name });
      notify(words, id, () => navigate({ screen: "job", id }));
    }
  }, [jobs, t]);
}
