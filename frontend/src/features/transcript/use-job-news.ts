// A job's progress where people notice it while they look elsewhere: the title of the window, the words of a screen reader.
import { useEffect, useRef } from "react";
import { fractionOf } from "../../api/job-view";
import type { Job } from "../../api/types";
import { useUploadOf } from "../../api/uploads-context";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";

export function useTitle(job: Job): void {
  const { t, format } = useI18n();
  const upload = useUploadOf(job.id);
  const fraction = fractionOf(job, upload);
  useEffect(() => {
    const percent = fraction === null ? null : format.percent(fraction);
    document.title = percent ? t.documentTitleProgress({ percent, name: job.name }) : t.documentTitle({ name: job.name });
  }, [job.name, fraction, format, t]);
  useEffect(
    () => () => {
      document.title = t.appName;
    },
    [t],
  );
}

// Each quarter and the end: enough to know that it goes on, little enough to work beside it.
export function useAnnouncements(job: Job): void {
  const { t, format } = useI18n();
  const quarter = job.state === "running" && job.duration_ms ? Math.floor((job.audio_done_ms / job.duration_ms) * 4) : 0;
  const before = useRef(job.state);
  useEffect(() => {
    if (quarter > 0 && quarter < 4) announce(t.progress.announcePercent({ name: job.name, percent: format.percent(quarter / 4) }));
  }, [quarter, job.name, format, t]);
  useEffect(() => {
    const was = before.current;
    before.current = job.state;
    if (was === job.state) return;
    if (job.state === "done") announce(t.progress.announceDone({ name: job.name }));
    else if (job.state === "failed") announce(`${job.name}: ${t.state.failed}`);
  }, [job.state, job.name, t]);
}
