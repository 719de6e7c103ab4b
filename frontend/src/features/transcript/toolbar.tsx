// What can be done with the text: search and replace, copy, download, undo.
import { useState, type FormEvent, type KeyboardEvent, type RefObject } from "react";
import { asApiError } from "../../api/errors";
import { fetchExport } from "../../api/results";
import type { ExportFormat, Job, Segment } from "../../api/types";
import { Button, IconButton } from "../../components/button";
import { Icon } from "../../components/icon";
import { Menu } from "../../components/menu";
import { wordsOf } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import { replaceMatches } from "../../lib/replace";
import { copyText, saveFile } from "../../lib/save-file";
import { kMaxMatches } from "../../lib/search";
import { asPlainText, asTimedText } from "../../lib/subtitles";
import { ExportDialog } from "./export-dialog";
import { SaveState, SaveTrouble, UndoRedo } from "./save-state";
import styles from "./toolbar.module.css";
import type { Editing } from "./use-editing";
import type { TextSearch } from "./use-search";

interface ToolbarProps {
  job: Job;
  segments: readonly Segment[];
  editing: Editing;
  isReadOnly: boolean;
  search: TextSearch;
  searchRef: RefObject<HTMLInputElement | null>;
  isReplacing: boolean;
  onReplacing: (isOn: boolean) => void;
  onKeys: () => void;
}

const kShowCopiedMs = 2500;
const kQuickFormats: readonly ExportFormat[] = ["txt", "docx", "srt", "vtt", "json", "tsv"];

export function Toolbar({ job, segments, editing, isReadOnly, search, searchRef, isReplacing, onReplacing, onKeys }: ToolbarProps) {
  const { t } = useI18n();
  const [note, setNote] = useState<{ text: string; isBad: boolean } | null>(null);
  const [isExporting, setExporting] = useState(false);
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
  const sendFirst = () => editing.session.saveNow();
  const download = async (format: ExportFormat) => {
    try {
      await sendFirst();
      const { content, name } = await fetchExport(job, { format });
      saveFile(content, name);
      setNote(null);
    } catch (error) {
      say(`${t.actions.downloadFailed} ${wordsOf(t, asApiError(error).code).what}`, true);
    }
  };

  return (
    <div className={styles["toolbar"]} data-searching={search.query !== "" || undefined}>
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
          items={[
            ...kQuickFormats.map((format) => ({ key: format, label: format.toUpperCase(), hint: t.formats[format], act: () => void download(format) })),
            { key: "more", label: t.exports.more, act: () => setExporting(true) },
          ]}
        />
      </div>
      {!isEmpty && !isReadOnly && (
        <div className={styles["editRow"]}>
          <UndoRedo editing={editing} />
          <SaveState editing={editing} hasEdits={job.version > 0} />
          <Button look="ghost" icon="replace" aria-expanded={isReplacing} onClick={() => onReplacing(!isReplacing)}>
            {t.replace.open}
          </Button>
          <IconButton icon="keyboard" label={t.keys.title} className={styles["keysButton"]} onClick={onKeys} />
        </div>
      )}
      {isReplacing && !isReadOnly && <ReplaceBox segments={segments} editing={editing} search={search} onClose={() => onReplacing(false)} />}
      {!isReadOnly && <SaveTrouble editing={editing} />}
      {note && (
        <p className={`${styles["note"]} ${note.isBad ? styles["bad"] : styles["good"]}`}>
          {!note.isBad && <Icon name="check" size={16} />}
          {note.text}
        </p>
      )}
      {isExporting && <ExportDialog job={job} beforeExport={sendFirst} onClose={() => setExporting(false)} />}
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

interface ReplaceBoxProps {
  segments: readonly Segment[];
  editing: Editing;
  search: TextSearch;
  onClose: () => void;
}

function ReplaceBox({ segments, editing, search, onClose }: ReplaceBoxProps) {
  const { t, format } = useI18n();
  const [text, setText] = useState("");
  const { matches, current } = search;
  const count = matches.length;
  const match = matches[current];
  const one = (event: FormEvent) => {
    event.preventDefault();
    if (match) editing.commit(replaceMatches(segments, [match], text));
  };
  const all = () => {
    editing.commit(replaceMatches(segments, matches, text));
    announce(t.replace.done({ n: count, count: format.number(count) }));
  };
  return (
    <form className={styles["replace"]} onSubmit={one} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <input aria-label={t.replace.with} placeholder={t.replace.with} dir="auto" value={text} onChange={(event) => setText(event.target.value)} />
      <Button type="submit" disabled={count === 0}>
        {t.replace.one}
      </Button>
      <Button disabled={count === 0} onClick={all}>
        {count > 0 ? t.replace.all({ n: count, count: format.number(count) }) : t.replace.allNone}
      </Button>
      {search.query.trim() === "" && <p className={styles["hint"]}>{t.replace.hint}</p>}
    </form>
  );
}
