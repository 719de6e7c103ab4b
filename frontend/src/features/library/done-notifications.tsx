// Tells the user, who is elsewhere meanwhile, that a text is ready: by the browser's notifications, once they are wanted.
import { useEffect, useRef, useState } from "react";
import { useJobs } from "../../api/jobs";
import { isFinal, type JobState } from "../../api/types";
import { Button } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { hrefOf } from "../../lib/route";
import styles from "./library.module.css";

function canAsk(): boolean {
  return typeof Notification !== "undefined" && Notification.permission === "default";
}

// Asked for by the user, while there is something to wait for; never when the page is opened.
export function DoneNotice({ isNeeded }: { isNeeded: boolean }) {
  const { t } = useI18n();
  const [isOffered, setOffered] = useState(canAsk);
  if (!isNeeded || !isOffered) return null;
  const ask = () => void Notification.requestPermission().then(() => setOffered(false));
  return (
    <Button look="ghost" icon="bell" className={styles["notice"]} onClick={ask}>
      {t.library.notify}
    </Button>
  );
}

export function useDoneNotifications(): void {
  const { t } = useI18n();
  const jobs = useJobs().data?.jobs;
  const before = useRef(new Map<string, JobState>());
  useEffect(() => {
    for (const { id, name, state } of jobs ?? []) {
      const was = before.current.get(id);
      before.current.set(id, state);
      if (was === undefined || isFinal(was) || (state !== "done" && state !== "failed")) continue;
      tell(state === "done" ? t.library.notifyDone({ name }) : t.library.notifyFailed({ name }), id);
    }
  }, [jobs, t]);
}

function tell(words: string, id: string): void {
  if (document.visibilityState === "visible" || typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(words, { tag: id, icon: "/favicon.svg" });
    notification.onclick = () => {
      window.focus();
      window.location.hash = hrefOf({ screen: "job", id }).slice(1);
      notification.close();
    };
  } catch {
    // Phones know notifications only from service workers; the title of the page tells it there.
  }
}
