// The user's files and what became of them, newest first; those on their way into the server on top.
import { useDeferredValue, useState } from "react";
import { hiddenStore } from "../../api/deletions";
import { asApiError } from "../../api/errors";
import { sizeBytes } from "../../api/job-view";
import { useCancelJob, useDeleteJob, useJobs, useRenameJob } from "../../api/jobs";
import { useRetryJob } from "../../api/retry-job";
import { isFinal, type Job } from "../../api/types";
import { useUploadItems, useUploads } from "../../api/uploads-context";
import { Button } from "../../components/button";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import { DoneNotice } from "./done-notifications";
import { JobRow } from "./job-row";
import { kFilterFrom, kNoFilter, kStatesOf, LibraryFilter, type LibraryFilterValue } from "./library-filter";
import styles from "./library.module.css";
import { StorageFacts } from "./storage-facts";
import { UploadRow } from "./upload-row";

export function Library() {
  const { t, format } = useI18n();
  const [filter, setFilter] = useState<LibraryFilterValue>(kNoFilter);
  const jobs = useJobs({ name: useDeferredValue(filter.name.trim()), states: kStatesOf[filter.kind] });
  const isFiltered = filter.name.trim() !== "" || filter.kind !== "all";
  const hidden = useStore(hiddenStore);
  const uploads = useUploads();
  const items = useUploadItems();
  // A job that was made shows its upload itself; here are those without, and those that failed on the way.
  const loose = items.filter((item) => !item.jobId && item.phase !== "done");
  const shown = (jobs.data?.jobs ?? []).filter((job) => !hidden.has(job.id));

  if (jobs.isPending) return <Loading />;
  if (jobs.isError && !jobs.data) {
    return (
      <Problem error={asApiError(jobs.error)} title={t.library.failed}>
        <Button onClick={() => void jobs.refetch()}>{t.actions.retry}</Button>
      </Problem>
    );
  }
  if (shown.length === 0 && loose.length === 0 && !isFiltered) return null;
  const total = (jobs.data?.total ?? 0) - ((jobs.data?.jobs.length ?? 0) - shown.length) + loose.length;
  return (
    <section aria-labelledby="library-title">
      <header className={styles["head"]}>
        <h2 id="library-title">{t.library.title}</h2>
        <span className={styles["count"]}>{t.library.count({ n: total, count: format.number(total) })}</span>
        <DoneNotice isNeeded={shown.some((job) => !isFinal(job.state))} />
      </header>
      {(isFiltered || total >= kFilterFrom) && <LibraryFilter value={filter} onChange={setFilter} />}
      {isFiltered && shown.length === 0 && <p className={styles["none"]}>{t.library.noneMatch}</p>}
      <ul className={styles["list"]} hidden={shown.length === 0 && loose.length === 0}>
        {loose.map((item) => (
          <UploadRow key={item.key} item={item} onRetry={() => uploads.retry(item.key)} onRemove={() => uploads.remove(item.key)} />
        ))}
        {shown.map((job) => (
          <Row key={job.id} job={job} />
        ))}
      </ul>
      {jobs.hasMore && (
        <div className={styles["more"]}>
          <Button onClick={jobs.showMore}>{t.library.more}</Button>
        </div>
      )}
      <StorageFacts />
    </section>
  );
}

function Row({ job }: { job: Job }) {
  const uploads = useUploads();
  const upload = useUploadItems().find((item) => item.jobId === job.id);
  const rename = useRenameJob();
  const cancel = useCancelJob();
  const remove = useDeleteJob();
  const retry = useRetryJob();
  const forgetUpload = () => upload && uploads.remove(upload.key);
  return (
    <JobRow
      job={job}
      upload={upload}
      problem={rename.error ?? retry.error}
      isRetrying={retry.isPending}
      onRename={(name) => rename.mutate({ id: job.id, name })}
      onCancel={() => {
        forgetUpload();
        cancel.mutate(job.id);
      }}
      onDelete={() => {
        forgetUpload();
        remove(job);
      }}
      onRetry={() => (upload?.phase === "failed" ? uploads.retry(upload.key) : retry.mutate({ job, settings: job.settings }))}
      onResume={async (file) => {
        if (!job.upload) return false;
        return uploads.resume(file, { jobId: job.id, uploadId: job.upload.id, sizeBytes: sizeBytes(job), settings: job.settings });
      }}
    />
  );
}

function Loading() {
  const { t } = useI18n();
  return (
    <section aria-busy="true">
      <p className="visually-hidden">{t.library.loading}</p>
      <ul className={styles["list"]} aria-hidden="true">
        {[0, 1, 2].map((index) => (
          <li key={index} className={styles["ghost"]} />
        ))}
      </ul>
    </section>
  );
}
