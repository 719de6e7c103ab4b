// Somebody else changed what was changed here: both texts, and a choice for each. Nothing is lost until it is made.
import { useState } from "react";
import type { Conflict } from "../../api/edit-overlay";
import type { EditSession } from "../../api/edit-session";
import type { Segment } from "../../api/types";
import { Button } from "../../components/button";
import { Dialog, DialogActions } from "../../components/dialog";
import { useI18n } from "../../i18n/i18n";
import { clock, preciseClock } from "../../lib/time";
import styles from "./conflict-dialog.module.css";

interface ConflictDialogProps {
  conflicts: readonly Conflict[];
  session: EditSession;
  onClose: () => void;
}

export function ConflictDialog({ conflicts, session, onClose }: ConflictDialogProps) {
  const { t } = useI18n();
  const [dropped, setDropped] = useState<ReadonlySet<number>>(new Set());
  const choose = (id: number, mine: boolean) => {
    const next = new Set(dropped);
    if (mine) next.delete(id);
    else next.add(id);
    setDropped(next);
  };
  const settle = () => {
    session.settle(dropped);
    onClose();
  };
  return (
    <Dialog title={t.conflict.title} onClose={onClose} wide>
      <p>{t.conflict.intro}</p>
      <ol className={styles["list"]}>
        {conflicts.map(({ id, mine, theirs }) => (
          <li key={id}>
            <fieldset className={styles["pair"]}>
              <legend>{clock((mine ?? theirs)?.start_ms ?? 0)}</legend>
              <Side name={`conflict ${id}`} label={t.conflict.mine} segment={mine} other={theirs} isChosen={!dropped.has(id)} onChoose={() => choose(id, true)} />
              <Side name={`conflict ${id}`} label={t.conflict.theirs} segment={theirs} other={mine} isChosen={dropped.has(id)} onChoose={() => choose(id, false)} />
            </fieldset>
          </li>
        ))}
      </ol>
      <DialogActions>
        {conflicts.length > 1 && (
          <>
            <Button look="ghost" onClick={() => setDropped(new Set())}>
              {t.conflict.allMine}
            </Button>
            <Button look="ghost" onClick={() => setDropped(new Set(conflicts.map(({ id }) => id)))}>
              {t.conflict.allTheirs}
            </Button>
          </>
        )}
        <Button onClick={onClose}>{t.conflict.later}</Button>
        <Button look="primary" onClick={settle}>
          {t.conflict.settle}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface SideProps {
  name: string;
  label: string;
  segment: Segment | null;
  other: Segment | null;
  isChosen: boolean;
  onChoose: () => void;
}

function Side({ name, label, segment, other, isChosen, onChoose }: SideProps) {
  const { t } = useI18n();
  const hasOtherTimes = segment && other && (segment.start_ms !== other.start_ms || segment.end_ms !== other.end_ms);
  return (
    <label className={styles["side"]}>
      <span className={styles["head"]}>
        <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
        {label}
      </span>
      {segment ? <span dir="auto">{segment.text}</span> : <i>{t.conflict.deleted}</i>}
      {hasOtherTimes && (
        <span className={styles["times"]}>
          {preciseClock(segment.start_ms)} – {preciseClock(segment.end_ms)}
        </span>
      )}
    </label>
  );
}
