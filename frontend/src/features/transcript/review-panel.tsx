// Doubtful words, one after the other: hear it, leave it or write what was said, here or wherever it stands. Below them the places
// where nothing was understood.
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { Segment } from "../../api/types";
import { Button, IconButton } from "../../components/button";
import { useI18n } from "../../i18n/i18n";
import { announce } from "../../lib/announce";
import { unclearPlaces, type DoubtfulWord } from "../../lib/edits";
import { bareWord, replaceMatches, wholeWordMatches, withWord } from "../../lib/replace";
import { clock } from "../../lib/time";
import { wordRanges } from "../../lib/timeline";
import styles from "./panels.module.css";
import type { Editing } from "./use-editing";
import type { Review } from "./use-review";

interface ReviewPanelProps {
  review: Review;
  segments: readonly Segment[];
  editing: Editing;
  onHear: ((word: DoubtfulWord) => void) | null;
  onGo: (atMs: number) => void;
}

export function ReviewPanel(props: ReviewPanelProps) {
  const { t } = useI18n();
  const unclear = unclearPlaces(props.segments);
  if (props.review.words.length + unclear.length === 0) return <p className={styles["quiet"]}>{t.review.none}</p>;
  return (
    <>
      <Doubts {...props} />
      {unclear.length > 0 && <Unclear places={unclear} onGo={props.onGo} />}
    </>
  );
}

function Unclear({ places, onGo }: { places: readonly Segment[]; onGo: (atMs: number) => void }) {
  const { t, format } = useI18n();
  return (
    <section className={styles["unclear"]}>
      <h2>{t.review.unclear({ n: places.length, count: format.number(places.length) })}</h2>
      <ul className={styles["rows"]}>
        {places.map(({ id, start_ms, end_ms }) => (
          <li key={id}>
            <button type="button" onClick={() => onGo(start_ms)}>
              <span className={styles["time"]}>{clock(start_ms)}</span>
              <span>{t.review.unclearHear}</span>
              <span className={styles["facts"]}>{format.duration(Math.max(1000, end_ms - start_ms))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Doubts({ review, segments, editing, onHear }: ReviewPanelProps) {
  const { t, format } = useI18n();
  const { words, current, at } = review;
  if (words.length === 0) return <p className={styles["quiet"]}>{t.review.none}</p>;
  const count = { n: words.length, count: format.number(words.length) };
  if (!current) {
    return (
      <>
        <p>{t.review.intro(count)}</p>
        <div>
          <Button look="primary" onClick={() => review.step(1)}>
            {t.review.begin}
          </Button>
        </div>
        <p className={styles["quiet"]}>{t.review.keys}</p>
      </>
    );
  }
  const segment = segments.find(({ id }) => id === current.segment);
  return (
    <>
      <div className={styles["bar"]}>
        <p className={styles["count"]} role="status">
          {t.review.place({ at: format.number(at + 1), total: format.number(words.length) })}
        </p>
        <IconButton icon="up" label={t.review.previous} onClick={() => review.step(-1)} />
        <IconButton icon="down" label={t.review.next} onClick={() => review.step(1)} />
        <IconButton icon="close" label={t.review.stop} onClick={review.stop} />
      </div>
      {segment && <Word key={`${current.segment} ${current.word} ${current.text}`} word={current} segment={segment} segments={segments} editing={editing} onHear={onHear} />}
    </>
  );
}

interface WordProps {
  word: DoubtfulWord;
  segment: Segment;
  segments: readonly Segment[];
  editing: Editing;
  onHear: ((word: DoubtfulWord) => void) | null;
}

function Word({ word, segment, segments, editing, onHear }: WordProps) {
  const { t, format } = useI18n();
  const [text, setText] = useState(word.text);
  const form = useRef<HTMLFormElement>(null);
  const isChanged = text.trim() !== word.text;
  const old = bareWord(word.text);
  const others = wholeWordMatches(segments, old).length - 1;

  // The next word takes this one's place: whoever works in the panel stays in it.
  useEffect(() => {
    if (document.activeElement === document.body && wasInPanel) form.current?.querySelector("input")?.focus();
    const node = form.current;
    return () => {
      wasInPanel = node?.contains(document.activeElement) ?? false;
    };
  }, []);

  const take = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged) editing.commit(withWord(segment, word.word, text));
    else editing.accept(segment.id, word.word);
  };
  const everywhere = () => {
    const fresh = bareWord(text) || text.trim();
    const matches = wholeWordMatches(segments, old);
    editing.commit(replaceMatches(segments, matches, fresh));
    announce(t.review.fixedEverywhere({ n: matches.length, count: format.number(matches.length) }));
  };
  return (
    <form ref={form} className={styles["word"]} onSubmit={take}>
      <p className={styles["context"]} dir="auto">
        <span className={styles["time"]}>{clock(word.start_ms)}</span> <Context segment={segment} word={word.word} />
      </p>
      <label className={styles["field"]}>
        <span>{t.review.heardAs}</span>
        <input dir="auto" lang={segment.language ?? undefined} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <div className={styles["buttons"]}>
        {onHear && (
          <Button icon="play" onClick={() => onHear(word)}>
            {t.review.hear}
          </Button>
        )}
        <Button look="primary" type="submit" icon="check">
          {isChanged ? (text.trim() === "" ? t.review.takeOut : t.review.save) : t.review.accept}
        </Button>
        {isChanged && text.trim() !== "" && others > 0 && (
          <Button onClick={everywhere}>{t.review.everywhere({ n: others + 1, count: format.number(others + 1) })}</Button>
        )}
      </div>
    </form>
  );
}

let wasInPanel = false;

function Context({ segment, word }: { segment: Segment; word: number }) {
  const range = wordRanges(segment.text, segment.words)[word];
  if (!range) return segment.text;
  return (
    <>
      {segment.text.slice(0, range.start)}
      <mark className={styles["doubt"]}>{segment.text.slice(range.start, range.end)}</mark>
      {segment.text.slice(range.end)}
    </>
  );
}
