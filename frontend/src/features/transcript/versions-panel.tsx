// The versions of the text: look at one, bring one back.
import { asApiError } from "../../api/errors";
import { useRestoreVersion, useVersions } from "../../api/results";
import type { Job, TranscriptVersion } from "../../api/types";
import { Button } from "../../components/button";
import { Problem } from "../../components/problem";
import { useI18n, type I18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import styles from "./panels.module.css";

interface VersionsPanelProps {
  job: Job;
  version: number; // the current one
  viewed: number | null; // the earlier one that is looked at
  onView: (version: number | null) => void;
}

export function VersionsPanel({ job, version, viewed, onView }: VersionsPanelProps) {
  const { t } = useI18n();
  const versions = useVersions(job, version);
  const restore = useRestoreVersion(job.id);
  const bringBack = (number: number) =>
    restore.mutate(number, {
      onSuccess: () => {
        onView(null);
        announce(t.versions.restored);
      },
    });
  if (versions.isPending) return <p className={styles["quiet"]}>{t.versions.loading}</p>;
  if (versions.isError) {
    return (
      <Problem error={asApiError(versions.error)} title={t.versions.failed}>
        <Button onClick={() => void versions.refetch()}>{t.actions.retry}</Button>
      </Problem>
    );
  }
  const { versions: all } = versions.data;
  if (all.length <= 1) return <p className={styles["quiet"]}>{t.versions.none}</p>;
  return (
    <>
      {restore.error && <Problem error={asApiError(restore.error)} title={t.versions.restoreFailed} />}
      <ol className={styles["rows"]}>
        {all.map((each) => (
          <li key={each.version} className={`${styles["version"]} ${each.version === viewed ? styles["versionOpen"] : ""}`}>
            <VersionFacts version={each} isCurrent={each.version === version} />
            {each.version !== version && (
              <>
                <Button aria-pressed={each.version === viewed} onClick={() => onView(each.version === viewed ? null : each.version)}>
                  {t.versions.look}
                </Button>
                <Button disabled={restore.isPending} onClick={() => bringBack(each.version)}>
                  {t.versions.restore}
                </Button>
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function VersionFacts({ version, isCurrent }: { version: TranscriptVersion; isCurrent: boolean }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  return (
    <div>
      <p>
        {whatWasDone(version, i18n)}
        {isCurrent && <strong> · {t.versions.current}</strong>}
      </p>
      <p className={styles["facts"]}>{format.moment(version.created_at)}</p>
    </div>
  );
}

function whatWasDone({ kind, n_changes, restored }: TranscriptVersion, { t, format }: I18n): string {
  if (kind === "recognised") return t.versions.recognised;
  if (kind === "restore") return t.versions.wasRestored({ version: format.number(restored ?? 0) });
  return t.versions.edited({ n: n_changes, count: format.number(n_changes) });
}
