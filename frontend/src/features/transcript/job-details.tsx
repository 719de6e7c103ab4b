// The facts about a job, its notes, and converting it once more with other settings.
import { useId, useState } from "react";
import { asApiError } from "../../api/errors";
import { useRetryJob } from "../../api/retry-job";
import { useJobs } from "../../api/jobs";
import { sentSoundOf } from "../../api/sent-sound";
import { useModels } from "../../api/server";
import type { ChosenSettings } from "../../api/settings";
import type { Coverage, Job, Segment } from "../../api/types";
import { Button } from "../../components/button";
import { Problem } from "../../components/problem";
import { SettingsForm } from "../../components/settings-form";
import { useI18n } from "../../i18n/i18n";
import { unclearPlaces } from "../../lib/edits";
import { hrefOf, navigate } from "../../lib/route";
import styles from "./transcript.module.css";

export function JobDetails({ job, segments }: { job: Job; segments: readonly Segment[] }) {
  const { t, format } = useI18n();
  const sent = sentSoundOf(job);
  const unclear = unclearPlaces(segments);
  const unclearMs = unclear.reduce((sum, { start_ms, end_ms }) => sum + end_ms - start_ms, 0);
  const { language, task, model, hotwords, beam_size } = job.settings;
  const { coverage } = job;
  const heard = job.language && format.languageName(job.language);
  const took = job.started_at && job.finished_at ? Date.parse(job.finished_at) - Date.parse(job.started_at) : null;
  const mixed = job.languages.length > 1 ? job.languages.map((code) => format.languageName(code)).join(", ") : null;
  const facts: [string, string | null][] = [
    [t.job.language, mixed ?? (heard && (language ? heard : t.job.detected({ language: heard })))],
    [t.options.task, task === "translate" ? t.job.translated : null],
    [t.job.length, job.duration_ms === null ? null : format.duration(job.duration_ms)],
    [t.job.covered, job.state !== "running" && coverage && coverage.speech_ms > 0 ? coveredWords(coverage) : null],
    [t.job.notUnderstood, unclear.length === 0 ? null : t.job.notUnderstoodValue({ n: unclear.length, count: format.number(unclear.length), time: format.duration(unclearMs) })],
    [t.job.sent, sent && t.job.sentValue({ sound: format.bytes(sent.soundBytes), file: format.bytes(sent.fileBytes) })],
    [t.job.model, model],
    [t.job.listenedFor, hotwords.length > 0 ? hotwords.join(", ") : null],
    [t.options.beam, beam_size === null ? null : t.options.beamSize({ n: beam_size, count: format.number(beam_size) })],
    [t.job.took, took === null || job.state !== "done" ? null : tookWords(took)],
    [t.job.added, format.moment(job.created_at)],
  ];
  function coveredWords({ covered_ms, speech_ms }: Coverage): string {
    return t.job.coveredValue({ percent: format.percent(covered_ms / speech_ms), speech: format.duration(speech_ms) });
  }
  function tookWords(ms: number): string {
    const times = job.duration_ms && ms > 0 ? job.duration_ms / ms : null;
    const time = format.duration(ms);
    return times ? t.job.tookValue({ time, times: format.number(times, times < 10 ? 1 : 0) }) : time;
  }
  return (
    <div className={styles["details"]}>
      <dl className={styles["facts"]}>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {job.warnings.length > 0 && (
        <div className={styles["notes"]}>
          <h2>{t.job.notes}</h2>
          <ul>
            {job.warnings.map((warning) => (
              <li key={warning.code}>
                {t.warnings[warning.code]} <small lang="en">{warning.message}</small>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

export function ConvertAgain({ job }: { job: Job }) {
  const { t } = useI18n();
  const id = useId();
  const models = useModels();
  const again = useRetryJob();
  const [isOpen, setOpen] = useState(false);
  const [settings, setSettings] = useState<ChosenSettings>(job.settings);
  const start = () =>
    again.mutate(
      { job, settings },
      { onSuccess: (next) => navigate({ screen: "job", id: next.id }) },
    );
  return (
    <section className={styles["again"]}>
      <Button icon="retry" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {t.actions.again}
      </Button>
      {isOpen && (
        <div id={id} className={styles["details"]}>
          <SettingsForm
            settings={settings}
            onChange={setSettings}
            models={models.data?.models ?? []}
            downloads={models.data?.downloads ?? []}
            modelsFailed={models.isError}
            isForOneFile
          />
          {again.error && <Problem error={asApiError(again.error)} />}
          <Button look="primary" disabled={again.isPending} onClick={start}>
            {t.actions.againStart}
          </Button>
        </div>
      )}
    </section>
  );
}

// The same recording with other settings: the text that this one came from, and those that came from it.
export function Relatives({ job }: { job: Job }) {
  const { t, format } = useI18n();
  const jobs = useJobs().data?.jobs ?? [];
  const newer = jobs.filter(({ source, id }) => source === job.id && id !== job.id);
  if (!job.source && newer.length === 0) return null;
  return (
    <ul className={styles["relatives"]}>
      {job.source && (
        <li>
          <a href={hrefOf({ screen: "job", id: job.source })}>{t.job.earlierText}</a>
        </li>
      )}
      {newer.map(({ id, settings, created_at }) => (
        <li key={id}>
          <a href={hrefOf({ screen: "job", id })}>{t.job.newerText({ model: settings.model, moment: format.moment(created_at) })}</a>
        </li>
      ))}
    </ul>
  );
}
