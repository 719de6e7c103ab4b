// Beside the text: what there is to review, subtitles, versions, and the facts about the file.
import { hasAllMedia, holdsNoMedia } from "../../api/job-view";
import type { useSubtitles } from "../../api/results";
import type { Job, Segment } from "../../api/types";
import { Disclosures } from "../../components/disclosures";
import { useI18n } from "../../i18n/i18n";
import { unclearPlaces, type DoubtfulWord } from "../../lib/edits";
import { lastStartedIndex } from "../../lib/timeline";
import { ConvertAgain, JobDetails, Relatives } from "./job-details";
import { ReviewPanel } from "./review-panel";
import { SubtitlesPanel } from "./subtitles-panel";
import type { EarlierVersion } from "./transcript-screen";
import type { Editing } from "./use-editing";
import type { Playback } from "./use-playback";
import type { Review } from "./use-review";
import { VersionsPanel } from "./versions-panel";

export type PanelName = "review" | "subtitles" | "versions" | "details";

interface SidePanelsProps {
  job: Job;
  version: number;
  segments: readonly Segment[];
  editing: Editing;
  playback: Playback;
  review: Review;
  subtitles: ReturnType<typeof useSubtitles>;
  earlier: EarlierVersion;
  open: PanelName | null;
  onOpen: (panel: PanelName | null) => void;
}

const kBeforeWordMs = 900;
const kAfterWordMs = 600;

export function hearWord(playback: Playback, word: DoubtfulWord): void {
  playback.playOnce(Math.max(0, word.start_ms - kBeforeWordMs), word.end_ms + kAfterWordMs);
}

export function SidePanels({ job, version, segments, editing, playback, review, subtitles, earlier, open, onOpen }: SidePanelsProps) {
  const { t, format } = useI18n();
  const toCheck = review.words.length + unclearPlaces(segments).length;
  const hasText = segments.length > 0;
  const problems = subtitles.data?.problems.length ?? 0;
  const badge = (count: number) => (count > 0 ? (count > 99 ? "99+" : String(count)) : undefined);
  const items = [
    ...(hasText
      ? [
          { key: "review", label: t.review.title, badge: badge(toCheck), badgeLabel: t.review.badge({ count: format.number(toCheck) }) },
          { key: "subtitles", label: t.subtitles.title, badge: badge(problems), badgeLabel: t.subtitles.badge({ n: problems, count: format.number(problems) }) },
          { key: "versions", label: t.versions.title },
        ]
      : []),
    { key: "details", label: t.job.details },
  ];
  const shown = items.some(({ key }) => key === open) ? open : null;
  const go = (atMs: number) => {
    editing.look(segments[lastStartedIndex(segments, atMs)]?.id ?? null);
    playback.playFrom(atMs);
  };
  return (
    <Disclosures label={t.job.panels} items={items} open={shown} onOpen={(key) => onOpen(key as PanelName | null)}>
      {shown === "review" && (
        <ReviewPanel review={review} segments={segments} editing={editing} onHear={playback.media ? (word) => hearWord(playback, word) : null} onGo={go} />
      )}
      {shown === "subtitles" && <SubtitlesPanel query={subtitles} isUnsaved={editing.state.overlay.size > 0} onGo={go} />}
      {shown === "versions" && <VersionsPanel job={job} version={version} viewed={earlier.number} onView={earlier.show} />}
      {shown === "details" && (
        <>
          <JobDetails job={job} segments={segments} />
          <Relatives job={job} />
          {hasAllMedia(job) && !holdsNoMedia(job.error) && <ConvertAgain job={job} />}
        </>
      )}
    </Disclosures>
  );
}
