// Undo, redo, and whether what was changed has reached the server.
import { useState } from "react";
import type { SaveState as State } from "../../api/edit-session";
import { Button, IconButton } from "../../components/button";
import { Icon } from "../../components/icon";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { ConflictDialog } from "./conflict-dialog";
import styles from "./toolbar.module.css";
import type { Editing } from "./use-editing";

export function UndoRedo({ editing }: { editing: Editing }) {
  const { t } = useI18n();
  const { history } = editing.state;
  return (
    <>
      <IconButton icon="undo" label={t.editor.undo} disabled={history.undo.length === 0} onClick={() => editing.undo()} />
      <IconButton icon="redo" label={t.editor.redo} disabled={history.redo.length === 0} onClick={() => editing.redo()} />
    </>
  );
}

const kLooks: Record<State, string | undefined> = { saved: "good", waiting: "calm", saving: "calm", offline: "attention", conflict: "attention", failed: "bad" };

export function SaveState({ editing, hasEdits }: { editing: Editing; hasEdits: boolean }) {
  const { t } = useI18n();
  const { save } = editing.state;
  const isSilent = save === "saved" && !hasEdits;
  return (
    <p className={`${styles["save"]} ${styles[kLooks[save] ?? ""] ?? ""}`} role="status">
      {!isSilent && (
        <>
          {save === "saved" && <Icon name="check" size={16} />}
          {t.editor.save[save]}
        </>
      )}
    </p>
  );
}

// What needs the user: a conflict to settle, changes that the server will not take.
export function SaveTrouble({ editing }: { editing: Editing }) {
  const { t } = useI18n();
  const { save, error, conflicts } = editing.state;
  const [isOpen, setOpen] = useState(true);
  if (save === "conflict") {
    return (
      <div className={styles["trouble"]}>
        <p>{t.conflict.notice}</p>
        <Button onClick={() => setOpen(true)}>{t.conflict.open}</Button>
        {isOpen && <ConflictDialog conflicts={conflicts} session={editing.session} onClose={() => setOpen(false)} />}
      </div>
    );
  }
  if (save !== "failed" || !error) return null;
  return (
    <Problem error={error} title={t.editor.notSaved}>
      <Button onClick={() => editing.session.tryAgain()}>{t.actions.retry}</Button>
      <Button onClick={() => editing.session.discardUnsaved()}>{t.editor.discard}</Button>
    </Problem>
  );
}
