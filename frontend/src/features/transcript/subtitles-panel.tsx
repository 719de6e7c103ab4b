// Subtitles before they are downloaded: shown in the player, with the places where they break the rules.
import { asApiError } from "../../api/errors";
import type { useSubtitles } from "../../api/results";
import type { Subtitles } from "../../api/types";
import { Button } from "../../components/button";
import { Icon } from "../../components/icon";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import { clock } from "../../lib/time";
import styles from "./panels.module.css";
import { RulesForm } from "./subtitle-rules";
import { chooseSubtitles, subtitleChoiceStore } from "./use-subtitles";

interface SubtitlesPanelProps {
  query: ReturnType<typeof useSubtitles>;
  isUnsaved: boolean;
  onGo: (atMs: number) => void;
}

export function SubtitlesPanel({ query, isUnsaved, onGo }: SubtitlesPanelProps) {
  const { t } = useI18n();
  const choice = useStore(subtitleChoiceStore);
  return (
    <>
      <RulesForm choice={choice} onChange={chooseSubtitles} />
      {query.isPending && <p className={styles["quiet"]}>{t.subtitles.loading}</p>}
      {query.isError && (
        <Problem error={asApiError(query.error)} title={t.subtitles.failed}>
          <Button onClick={() => void query.refetch()}>{t.actions.retry}</Button>
        </Problem>
      )}
      {query.data && <Findings subtitles={query.data} onGo={onGo} />}
      {isUnsaved && <p className={styles["quiet"]}>{t.subtitles.unsaved}</p>}
    </>
  );
}

function Findings({ subtitles, onGo }: { subtitles: Subtitles; onGo: (atMs: number) => void }) {
  const { t, format } = useI18n();
  const { cues, problems } = subtitles;
  const count = { n: cues.length, count: format.number(cues.length) };
  if (cues.length === 0) return <p className={styles["quiet"]}>{t.subtitles.empty}</p>;
  if (problems.length === 0) {
    return (
      <p className={styles["good"]} role="status">
        <Icon name="check" size={18} />
        {t.subtitles.allGood(count)}
      </p>
    );
  }
  return (
    <>
      <p role="status">{t.subtitles.found({ ...count, problems: problems.length, problemCount: format.number(problems.length) })}</p>
      <ul className={styles["rows"]}>
        {problems.slice(0, kMostShown).map((problem, index) => {
          const cue = cues[problem.cue];
          if (!cue) return null;
          const numbers = { value: numberOf(problem.kind, problem.value), limit: numberOf(problem.kind, problem.limit) };
          return (
            <li key={index}>
              <button type="button" onClick={() => onGo(cue.start_ms)}>
                <span className={styles["time"]}>{clock(cue.start_ms)}</span>
                <span className={styles["what"]}>{t.subtitles.kinds[problem.kind]}</span>
                <span className={styles["facts"]}>{t.subtitles.measured[unitOf(problem.kind)](numbers)}</span>
                <span className={styles["excerpt"]} dir="auto">
                  {cue.lines.join(" / ")}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {problems.length > kMostShown && <p className={styles["quiet"]}>{t.subtitles.more({ count: format.number(problems.length - kMostShown) })}</p>}
    </>
  );

  function numberOf(kind: Subtitles["problems"][number]["kind"], value: number): string {
    return unitOf(kind) === "seconds" ? format.number(value / 1000, 2) : format.number(value, 1);
  }
}

const kMostShown = 200;

function unitOf(kind: Subtitles["problems"][number]["kind"]): "cps" | "seconds" | "columns" | "lines" {
  if (kind === "too_fast") return "cps";
  if (kind === "line_too_long") return "columns";
  return kind === "too_many_lines" ? "lines" : "seconds";
}
