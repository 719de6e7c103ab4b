// Where the files stay, and what is kept for how long.
import type { ServerInfo } from "../../api/types";
import { Icon } from "../../components/icon";
import { useI18n } from "../../i18n/i18n";
import styles from "./home.module.css";

export function Promises({ server }: { server: ServerInfo | undefined }) {
  const { t } = useI18n();
  const { hostname } = window.location;
  return (
    <p className={styles["promise"]}>
      <Icon name="lock" />
      <span>
        <strong>{isThisComputer(hostname) ? t.home.privateHere : t.home.privateServer({ host: hostname })}</strong>
        {server && <Kept server={server} />}
      </span>
    </p>
  );
}

function isThisComputer(host: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(host) || host.endsWith(".localhost");
}

function Kept({ server }: { server: ServerInfo }) {
  const { t, format } = useI18n();
  const { media_kept_hours: hours, transcripts_kept_days: days, is_ephemeral: isEphemeral } = server;
  const sentences: string[] = [];
  if (hours !== null) sentences.push(t.home.mediaKept({ hours, count: format.number(hours) }));
  if (days !== null) sentences.push(t.home.textKept({ days, count: format.number(days) }));
  else if (hours !== null && !isEphemeral) sentences.push(t.home.textKeptUntilDeleted);
  if (isEphemeral) sentences.push(t.home.ephemeral);
  return sentences.length === 0 ? null : <span>{sentences.join(" ")}</span>;
}
