// A window over the page: the browser's own modal dialog, which keeps the keyboard inside, closes by Escape and goes back to where it was opened.
import { useEffect, useId, useRef, type ReactNode } from "react";
import { useI18n } from "../i18n/i18n";
import { IconButton } from "./button";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    if (!dialog.current?.open) dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`${styles["dialog"]} ${wide ? styles["wide"] : ""}`}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles["body"]}>
        <h2 id={id} className={styles["title"]}>
          {title}
        </h2>
        {children}
        {/* Last, so that the keyboard begins with what the dialog is for. */}
        <IconButton icon="close" label={t.actions.close} className={styles["close"]} onClick={onClose} />
      </div>
    </dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}
