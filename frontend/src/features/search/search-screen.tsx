// Search over everything that was ever said: each hit leads to the second at which it is said.
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { asApiError } from "../../api/errors";
import { useTranscriptSearch } from "../../api/search";
import type { SearchHit } from "../../api/types";
import { Button } from "../../components/button";
import { Problem } from "../../components/problem";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import { hrefOf, replaceRoute } from "../../lib/route";
import { clock } from "../../lib/time";
import styles from "./search.module.css";

const kTypingPauseMs = 200;

export function SearchScreen({ query }: { query: string }) {
  const { t } = useI18n();
  const [typed, setTyped] = useState(query);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => setTyped((now) => (now.trim() === query ? now : query)), [query]);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (typed.trim() !== query) replaceRoute({ screen: "search", query: typed.trim() });
    }, kTypingPauseMs);
    return () => window.clearTimeout(timer);
  }, [typed, query]);
  return (
    <div className={styles["screen"]}>
      <h1 className={styles["title"]}>{t.search.title}</h1>
      <form role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          ref={input}
          type="search"
          className={styles["input"]}
          value={typed}
          maxLength={200}
          aria-label={t.search.label}
          placeholder={t.search.placeholder}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      {query === "" ? <p className={styles["hint"]}>{t.search.hint}</p> : <Hits key={query} query={query} />}
    </div>
  );
}

function Hits({ query }: { query: string }) {
  const { t, format } = useI18n();
  const [pages, setPages] = useState(1);
  const search = useTranscriptSearch(query, pages);
  const found = useDeferredValue(search.data);
  const total = search.data?.total;
  useEffect(() => {
    if (total !== undefined) announce(t.search.found({ n: total, count: format.number(total) }));
  }, [total, t, format]);

  if (search.isError && !search.data) {
    return (
      <Problem error={asApiError(search.error)} title={t.search.failed}>
        <Button onClick={() => void search.refetch()}>{t.actions.retry}</Button>
      </Problem>
    );
  }
  if (!found) return <p className={styles["hint"]} aria-busy="true">{t.search.searching}</p>;
  if (found.total === 0) {
    return (
      <div className={styles["nothing"]}>
        <p>{t.search.nothing({ query })}</p>
        <p className={styles["hint"]}>{t.search.nothingHint}</p>
      </div>
    );
  }
  return (
    <>
      <p className={styles["hint"]}>{t.search.found({ n: found.total, count: format.number(found.total) })}</p>
      <ol className={styles["hits"]}>
        {found.hits.map((hit) => (
          <Hit key={`${hit.job}-${hit.segment}`} hit={hit} />
        ))}
      </ol>
      {search.hasMore && (
        <div className={styles["more"]}>
          <Button onClick={() => setPages((value) => value + 1)}>{t.library.more}</Button>
        </div>
      )}
    </>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  return (
    <li>
      <a className={styles["hit"]} href={hrefOf({ screen: "job", id: hit.job, atMs: hit.at_ms })}>
        <span className={styles["where"]}>
          <span className={styles["time"]}>{clock(hit.at_ms)}</span>
          <span className={styles["name"]} dir="auto">
            {hit.name}
          </span>
        </span>
        <span className={styles["words"]} dir="auto">
          {hit.parts.map((part, index) => (part.match ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>))}
        </span>
      </a>
    </li>
  );
}
