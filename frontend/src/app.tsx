// Puts the page together: which screen, and what is on all of them.
import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { hiddenStore } from "./api/deletions";
import { useJobs } from "./api/jobs";
import { sessionToken } from "./api/session";
import { settingsStore } from "./api/settings";
import { useUploadItems, useUploads } from "./api/uploads-context";
import { AppHeader } from "./app-header";
import styles from "./app.module.css";
import { Announcer, ConnectionBanner, UndoMessages } from "./app-notices";
import { DropLayer } from "./features/home/drop-layer";
import { HomeScreen } from "./features/home/home-screen";
import { Library } from "./features/library/library";
import { SearchScreen } from "./features/search/search-screen";
import { useDoneNotifications } from "./features/library/done-notifications";
import { useI18n } from "./i18n/i18n";
import { navigate, tellParentAboutRoute, useRoute } from "./lib/route";
import { useStore } from "./lib/use-store";

// The editor comes when it is first needed, or while a first visitor reads the home screen.
const loadTranscriptScreen = () => import("./features/transcript/transcript-screen");
const TranscriptScreen = lazy(async () => ({ default: (await loadTranscriptScreen()).TranscriptScreen }));
const kLoadAheadMs = 2_000;

export function App() {
  const { t, locale } = useI18n();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const addFiles = useAddFiles(route.screen === "home");

  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = t.appName;
  }, [locale, t]);
  useEffect(() => {
    const timer = setTimeout(() => void loadTranscriptScreen().catch(() => undefined), kLoadAheadMs);
    return () => clearTimeout(timer);
  }, []);
  useArrival(main, route.screen === "job" ? route.id : route.screen);
  useDoneNotifications();

  return (
    <>
      <a className={styles["skip"]} href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t.skipToContent}
      </a>
      <AppHeader />
      <ConnectionBanner />
      <main id="main" ref={main} tabIndex={-1} className={styles["main"]}>
        <Suspense fallback={<p className="visually-hidden">{t.job.loading}</p>}>
          {route.screen === "home" && <Home onFiles={addFiles} />}
          {route.screen === "search" && <SearchScreen query={route.query} />}
          {route.screen === "job" && <TranscriptScreen key={route.id} id={route.id} atMs={route.atMs ?? null} />}
        </Suspense>
      </main>
      <UndoMessages />
      <Announcer />
      <DropLayer onFiles={addFiles} />
    </>
  );
}

function Home({ onFiles }: { onFiles: (files: File[]) => void }) {
  const jobs = useJobs();
  const items = useUploadItems();
  const hidden = useStore(hiddenStore);
  const [wasHere] = useState(() => sessionToken() !== null); // until the list is known, nothing jumps
  const hasFiles = jobs.data ? jobs.data.jobs.some((job) => !hidden.has(job.id)) : wasHere;
  const isFirstVisit = !hasFiles && items.length === 0;
  return (
    <HomeScreen isFirstVisit={isFirstVisit} onFiles={onFiles}>
      <Library />
    </HomeScreen>
  );
}

// One file opens its text as soon as the server knows it; several stay together in the list.
function useAddFiles(isHome: boolean): (files: File[]) => void {
  const uploads = useUploads();
  const items = useUploadItems();
  const [awaited, setAwaited] = useState<string | null>(null);
  const item = items.find(({ key }) => key === awaited);

  useEffect(() => {
    if (!item?.jobId) return;
    setAwaited(null);
    if (isHome) navigate({ screen: "job", id: item.jobId });
  }, [item?.jobId, isHome]);

  return useCallback(
    (files: File[]) => {
      const [key] = uploads.add(files, settingsStore.get());
      setAwaited(files.length === 1 && key ? key : null);
      navigate({ screen: "home" });
      window.scrollTo({ top: 0 });
    },
    [uploads],
  );
}

// A new screen begins at its top, and the keyboard with it; where the screen itself then puts it elsewhere, that holds.
function useArrival(main: React.RefObject<HTMLElement | null>, place: string): void {
  const last = useRef(place);
  useLayoutEffect(() => {
    tellParentAboutRoute();
    if (last.current === place) return;
    last.current = place;
    window.scrollTo({ top: 0 });
    main.current?.focus({ preventScroll: true });
  }, [main, place]);
}
