// Downloading in every format, with what each of them can be told.
import { useId, useState } from "react";
import { asApiError, type ApiError } from "../../api/errors";
import { fetchExport, type ExportChoice, type TextLayout } from "../../api/results";
import { kExportFormats, type ExportFormat, type Job } from "../../api/types";
import { Button } from "../../components/button";
import { Dialog, DialogActions } from "../../components/dialog";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { saveFile } from "../../lib/save-file";
import { useStore } from "../../lib/use-store";
import styles from "./export-dialog.module.css";
import { RulesForm } from "./subtitle-rules";
import { chooseSubtitles, subtitleChoiceStore } from "./use-subtitles";

const kLayouts: readonly TextLayout[] = ["paragraphs", "plain", "times"];
const kShaped: readonly ExportFormat[] = ["srt", "vtt", "ass"];

interface ExportDialogProps {
  job: Job;
  beforeExport: () => Promise<void>; // sends what is not saved yet
  onClose: () => void;
}

export function ExportDialog({ job, beforeExport, onClose }: ExportDialogProps) {
  const { t } = useI18n();
  const rules = useStore(subtitleChoiceStore);
  const [format, setFormat] = useState<ExportFormat>("docx");
  const [layout, setLayout] = useState<TextLayout>("paragraphs");
  const [words, setWords] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const hasLayout = format === "txt" || format === "docx";
  const hasWords = format === "vtt" || format === "ass";
  const choice: ExportChoice = { format, ...(hasLayout && { layout }), ...(hasWords && words && { words }), ...(kShaped.includes(format) && rules) };

  const download = async () => {
    setBusy(true);
    setError(null);
    try {
      await beforeExport();
      const { content, name } = await fetchExport(job, choice);
      saveFile(content, name);
      onClose();
    } catch (cause) {
      setError(asApiError(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t.exports.title} onClose={onClose} wide>
      <div className={styles["columns"]}>
        <Choices legend={t.exports.format} value={format} onChange={setFormat} items={kExportFormats.map((key) => ({ key, label: key.toUpperCase(), hint: t.formats[key] }))} />
        <div className={styles["options"]}>
          {hasLayout && (
            <Choices legend={t.exports.layout} value={layout} onChange={setLayout} items={kLayouts.map((key) => ({ key, label: t.exports.layouts[key] }))} />
          )}
          {kShaped.includes(format) && <RulesForm choice={rules} onChange={chooseSubtitles} />}
          {hasWords && (
            <label className={styles["check"]}>
              <input type="checkbox" checked={words} onChange={(event) => setWords(event.target.checked)} />
              {format === "vtt" ? t.exports.wordsVtt : t.exports.wordsAss}
            </label>
          )}
          {!hasLayout && !kShaped.includes(format) && <p className={styles["plain"]}>{t.exports.noOptions}</p>}
        </div>
      </div>
      {error && <Problem error={error} title={t.actions.downloadFailed} />}
      <DialogActions>
        <Button onClick={onClose}>{t.actions.cancel}</Button>
        <Button look="primary" icon="download" disabled={isBusy} onClick={() => void download()}>
          {t.exports.download({ format: format.toUpperCase() })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface ChoicesProps<Key extends string> {
  legend: string;
  value: Key;
  onChange: (key: Key) => void;
  items: readonly { key: Key; label: string; hint?: string }[];
}

function Choices<Key extends string>({ legend, value, onChange, items }: ChoicesProps<Key>) {
  const name = useId();
  return (
    <fieldset className={styles["choices"]}>
      <legend>{legend}</legend>
      {items.map(({ key, label, hint }) => (
        <label key={key} className={styles["choice"]}>
          <input type="radio" name={name} checked={value === key} onChange={() => onChange(key)} />
          <span>{label}</span>
          {hint && <span className={styles["hint"]}>{hint}</span>}
        </label>
      ))}
    </fieldset>
  );
}
