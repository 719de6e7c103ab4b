// A name being changed in place: Enter keeps it, Escape leaves it.
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useI18n } from "../i18n/i18n";
import { Button } from "./button";
import styles from "./rename.module.css";

const kMaxBytes = 255;

interface RenameProps {
  name: string;
  onSave: (name: string) => void;
  onClose: () => void;
}

export function Rename({ name, onSave, onClose }: RenameProps) {
  const { t } = useI18n();
  const [value, setValue] = useState(name);
  const input = useRef<HTMLInputElement>(null);
  const isTooLong = new TextEncoder().encode(value.trim()).length > kMaxBytes;

  useEffect(() => {
    const end = name.lastIndexOf(".");
    input.current?.focus();
    input.current?.setSelectionRange(0, end > 0 ? end : name.length);
  }, [name]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = value.trim();
    if (isTooLong) return;
    if (wanted !== "" && wanted !== name) onSave(wanted);
    onClose();
  };

  return (
    <form className={styles["form"]} onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <input
        ref={input}
        className={styles["input"]}
        aria-label={t.renameLabel}
        aria-invalid={isTooLong}
        dir="auto"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <Button look="primary" type="submit" disabled={isTooLong || value.trim() === ""}>
        {t.actions.save}
      </Button>
      <Button look="ghost" onClick={onClose}>
        {t.actions.cancel}
      </Button>
      {isTooLong && (
        <p className={styles["problem"]} role="alert">
          {t.nameTooLong}
        </p>
      )}
    </form>
  );
}
