// Which of many files are shown: by a part of the name and by what became of them.
import type { JobState } from "../../api/types";
import { Select } from "../../components/select";
import { useI18n } from "../../i18n/i18n";
import styles from "./library.module.css";

export const kFilterFrom = 6; // fewer files are seen at a glance

const kKinds = ["all", "active", "done", "failed"] as const;
type Kind = (typeof kKinds)[number];

export interface LibraryFilterValue {
  name: string;
  kind: Kind;
}
export const kNoFilter: LibraryFilterValue = { name: "", kind: "all" };

export const kStatesOf: Record<Kind, readonly JobState[]> = {
  all: [],
  active: ["uploading", "queued", "running"],
  done: ["done"],
  failed: ["failed", "cancelled"],
};

interface LibraryFilterProps {
  value: LibraryFilterValue;
  onChange: (value: LibraryFilterValue) => void;
}

export function LibraryFilter({ value, onChange }: LibraryFilterProps) {
  const { t } = useI18n();
  return (
    <div className={styles["filter"]} role="group" aria-label={t.library.filter}>
      <input
        type="search"
        value={value.name}
        maxLength={100}
        aria-label={t.library.filterName}
        placeholder={t.library.filterName}
        onChange={(event) => onChange({ ...value, name: event.target.value })}
      />
      <Select
        compact
        label={t.library.filterState}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind: kKinds.find((known) => known === kind) ?? "all" })}
      >
        {kKinds.map((kind) => (
          <option key={kind} value={kind}>
            {t.library.kinds[kind]}
          </option>
        ))}
      </Select>
    </div>
  );
}
