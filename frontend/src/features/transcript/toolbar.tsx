// What can be done with the text: search, copy, download.
import { useState, type KeyboardEvent, type RefObject } from "react";
import { fetchExport } from "../../api/jobs";
import { asApiError } from "../../api/errors";
import { kExportFormats, type ExportFormat, type Job, type Segment } from "../../api/types";
import { IconButton } from "../../components/button";
import { Icon } from "../../components/icon";
import { Menu } from "../../components/menu";
import { wordsOf } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import { copyText, saveFile } from "../../lib/save-file";
import { kMaxMatches } from "../../lib/search";
import { asPlainText, asTimedText } from "../../lib/subtitles";
import styles from "./toolbar.module.css";
import type { TextSearch } from "./use-search";

interface ToolbarProps {
  job: Job;
  segments: readonly Segment[];
  search: TextSearch;
  searchRef: RefObject<HTMLInputElement | null>;
}

const kShowCopiedMs = 2500;

export function Toolbar({ job, segments, search, searchRef }: ToolbarProps) {
  const { t } = useI18n();
  const [note, setNote] = useState<{ text: string; isBad: boolean } | null>(null);
  const isEmpty = segments.length === 0;

  const say = (text: string, isBad = false) => {
    setNote({ text, isBad });
    announce(text);
    if (!isBad) setTimeout(() => setNote(null), kShowCopiedMs);
  };
  const copy = async (text: string) => {
    const done = await copyText(text);
    say(done ? t.actions.copied : t.actions.copyFailed, !done);
  };
  const download = async (format: ExportFormat) => {
    try {
      const { content, name } = await fetchExport(job, format);
      saveFile(content, name);
      setNote(null);
    } catch (error) {
      say(`${t.actions.downloadFailed} ${wordsOf(t, asApiError(error).code).what}`, true);
    }
  };

  return (
    <div className={styles["toolbar"]}>
      <SearchBox search={search} inputRef={searchRef} />
      <div className={styles["actions"]}>
        <Menu
          label={t.actions.copy}
          icon="copy"
          disabled={isEmpty}
          items={[
            { key: "text", label: t.actions.copyText, hint: t.actions.copyTextHint, act: () => void copy(asPlainText(segments)) },
            { key: "times", label: t.actions.copyTimes, hint: t.actions.copyTimesHint, act: () => void copy(asTimedText(segments)) },
          ]}
        />
        <Menu
          label={t.actions.download}
          icon="download"
          look="primary"
          disabled={isEmpty}
          items={kExportFormats.map((format) => ({
            key: format,
            label: format.toUpperCase(),
            hint: t.formats[format],
            act: () => void download(format),
          }))}
        />
      </div>
      {note && (
        <p className={`${styles["note"]} ${note.isBad ? styles["bad"] : ""}`}>
          {!note.isBad && <Icon name="check" size={16} />}
          {note.text}
        </p>
      )}
    </div>
  );
}

function SearchBox({ search, inputRef }: { search: TextSearch; inputRef: RefObject<HTMLInputElement | null> }) {
  const { t, format } = useI18n();
  const { query, matches, current } = search;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") (event.shiftKey ? search.previous : search.next)();
    else if (event.key === "Escape") search.setQuery("");
    else return;
    event.preventDefault();
  };
  const numbers = { at: format.number(current + 1), total: format.number(matches.length) };
  const found = matches.length === kMaxMatches ? t.transcript.matchesMany(numbers) : t.transcript.matches(numbers);
  return (
    <div className={styles["search"]} role="search">
      <Icon name="search" size={18} />
      <input
        ref={inputRef}
        type="search"
        aria-label={t.transcript.search}
        placeholder={t.transcript.search}
        dir="auto"
        value={query}
        onChange={(event) => search.setQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {query.trim() !== "" && (
        <>
          <span className={styles["found"]} role="status">
            {matches.length === 0 ? t.transcript.noMatches : found}
          </span>
          <IconButton icon="up" label={t.transcript.previous} disabled={matches.length === 0} onClick={search.previous} />
          <IconButton icon="down" label={t.transcript.next} disabled={matches.length === 0} onClick={search.next} />
          <IconButton icon="close" label={t.transcript.searchClear} onClick={() => search.setQuery("")} />
        </>
      )}
    </div>
  );
}
