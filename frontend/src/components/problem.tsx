// An error in the user's words: what happened, what to do; the server's own sentence folded away.
import type { ReactNode } from "react";
import { useI18n } from "../i18n/i18n";
import type { Messages } from "../i18n/en";
import { Icon } from "./icon";
import styles from "./problem.module.css";

interface ProblemProps {
  error: { code: string; message: string };
  title?: string; // what could not be done
  children?: ReactNode; // buttons
}

// Codes of a newer server have no words yet: those of "internal" and the server's sentence must do.
export function wordsOf(t: Messages, code: string): { what: string; todo: string } {
  return (t.errors as Record<string, { what: string; todo: string }>)[code] ?? t.errors.internal;
}

export function Problem({ error, title, children }: ProblemProps) {
  const { t } = useI18n();
  const words = wordsOf(t, error.code);
  return (
    <div className={styles["problem"]} role="alert">
      <p className={styles["what"]}>
        <Icon name="warning" />
        <span>
          {title ? `${title} ` : ""}
          {words.what}
        </span>
      </p>
      <p className={styles["todo"]}>{words.todo}</p>
      {error.message && (
        <details className={styles["detail"]}>
          <summary>{t.job.detail}</summary>
          <p lang="en" dir="auto">
            {error.message}
          </p>
        </details>
      )}
      {children && <div className={styles["actions"]}>{children}</div>}
    </div>
  );
}
