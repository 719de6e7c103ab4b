// A row of buttons, of which at most one has its panel open below.
import { useId, type ReactNode } from "react";
import styles from "./disclosures.module.css";

export interface Disclosure {
  key: string;
  label: string;
  badge?: string | undefined;
  badgeLabel?: string | undefined; // what the number says, for readers
}

interface DisclosuresProps {
  label: string;
  items: readonly Disclosure[];
  open: string | null;
  onOpen: (key: string | null) => void;
  children: ReactNode; // the open panel
}

export function Disclosures({ label, items, open, onOpen, children }: DisclosuresProps) {
  const id = useId();
  return (
    <section className={styles["box"]} aria-label={label}>
      <div className={styles["row"]}>
        {items.map((item) => (
          <button
            key={item.key}
            type="button"
            className={styles["tab"]}
            aria-expanded={open === item.key}
            aria-controls={open === item.key ? id : undefined}
            onClick={() => onOpen(open === item.key ? null : item.key)}
          >
            {item.label}
            {item.badge && (
              <>
                <span className={styles["badge"]} aria-hidden="true">
                  {item.badge}
                </span>
                <span className="visually-hidden">{item.badgeLabel ?? item.badge}</span>
              </>
            )}
          </button>
        ))}
      </div>
      {open !== null && (
        <div id={id} className={styles["panel"]}>
          {children}
        </div>
      )}
    </section>
  );
}
