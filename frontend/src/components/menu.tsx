// A button that opens a short list of actions, after the WAI-ARIA menu button pattern: arrows move, Escape closes.
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "./button";
import type { IconName } from "./icon";
import styles from "./menu.module.css";

export interface MenuItem {
  key: string;
  label: string;
  hint?: string;
  act: () => void;
}

interface MenuProps {
  label: string;
  icon: IconName;
  items: readonly MenuItem[];
  look?: "primary" | "plain";
  disabled?: boolean;
}

export function Menu({ label, icon, items, look = "plain", disabled = false }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  const entries = () => [...(root.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const closeOutside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
    const move = moves[event.key];
    if (open && event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (!open && event.key === "ArrowDown") setOpen(true);
    else if (open && move !== undefined) all[move % all.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles["menu"]} ref={root} onKeyDown={onKeyDown}>
      <Button
        ref={button}
        look={look}
        icon={icon}
        disabled={disabled}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
      </Button>
      {open && (
        <div className={styles["list"]} role="menu" id={id} aria-label={label}>
          {items.map((item) => (
            <button
              key={item.key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={styles["item"]}
              onClick={() => {
                close();
                item.act();
              }}
            >
              <span>{item.label}</span>
              {item.hint && <span className={styles["hint"]}>{item.hint}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
