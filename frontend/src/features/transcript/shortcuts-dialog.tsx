// The sheet of shortcuts, and the switch for those of a single letter.
import { Dialog } from "../../components/dialog";
import { useI18n } from "../../i18n/i18n";
import { useStore } from "../../lib/use-store";
import styles from "./shortcuts-dialog.module.css";
import { chooseKeys, keysOnStore, kShortcuts, kWritingKeyNames, kWritingKeys } from "./use-keys";

const kIsApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const isOn = useStore(keysOnStore);
  const groups = Object.entries(kShortcuts) as [keyof typeof kShortcuts, Record<string, readonly string[]>][];
  const words = t.keys.actions as Record<string, string>;
  return (
    <Dialog title={t.keys.title} onClose={onClose} wide>
      <label className={styles["switch"]}>
        <input type="checkbox" checked={isOn} onChange={(event) => chooseKeys(event.target.checked)} />
        {t.keys.on}
      </label>
      <div className={styles["groups"]}>
        {groups.map(([group, actions]) => (
          <Group key={group} title={t.keys.groups[group]} rows={Object.entries(actions).map(([action, keys]) => [words[action] ?? action, keys])} />
        ))}
        <Group title={t.keys.groups.writing} rows={kWritingKeys.map((key) => [t.keys.writing[key], kWritingKeyNames[key]])} />
      </div>
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: [string, readonly string[]][] }) {
  return (
    <section>
      <h3 className={styles["title"]}>{title}</h3>
      <dl className={styles["rows"]}>
        {rows.map(([words, keys]) => (
          <div key={words}>
            <dt>{words}</dt>
            <dd>
              {keys.map((key) => (
                <Keys key={key} name={key} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Keys({ name }: { name: string }) {
  const { t } = useI18n();
  const parts = name.split(/\+(?=.)/);
  return (
    <span className={styles["keys"]}>
      {parts.map((part) => (
        <kbd key={part}>{part === "Space" ? t.keys.space : part === "Ctrl" && kIsApple ? "⌘" : part}</kbd>
      ))}
    </span>
  );
}
