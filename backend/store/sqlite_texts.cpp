// Texts of jobs as SQL: what was recognised, versions, and the peaks of their sound.
#include <algorithm>
#include <cmath>

#include "store/job_rows.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

const std::string kRecognised =
    "SELECT " + kSegmentColumns + ", position FROM segments WHERE job = ? AND window >= ? ORDER BY window, position";
const std::string kEditColumns = "id, state, window, start_ms, end_ms, text, words, language";
// The last edit of each segment up to a version. SQLite takes the other columns from the row of the maximum.
const std::string kEditsUntil =
    "SELECT " + kEditColumns + ", max(version) FROM edited_segments WHERE job = ? AND version <= ? GROUP BY id";
const std::string kLastEdit =
    "SELECT " + kEditColumns + " FROM edited_segments WHERE job = ? AND id = ? ORDER BY version DESC LIMIT 1";

std::string_view state_name(SegmentEdit::State state) {
  switch (state) {
    case SegmentEdit::State::kChanged:
      return "changed";
    case SegmentEdit::State::kDeleted:
      return "deleted";
    case SegmentEdit::State::kRecognised:
      return "recognised";
  }
  return "changed";
}

SegmentEdit::State state_from_name(std::string_view name) {
  if (name == "deleted") return SegmentEdit::State::kDeleted;
  return name == "recognised" ? SegmentEdit::State::kRecognised : SegmentEdit::State::kChanged;
}

Result<Segment> read_recognised(const Statement& row, int position_column) {
  TRY(Segment segment, read_segment(row));
  segment.id = recognised_id(segment.window, static_cast<size_t>(row.integer(position_column)));
  return segment;
}

Result<SegmentEdit> read_edit(const Statement& row) {
  SegmentEdit edit;
  edit.segment.id = static_cast<uint64_t>(row.integer(0));
  edit.state = state_from_name(row.text(1));
  edit.segment.window = static_cast<uint64_t>(row.integer(2));
  edit.segment.start = Millis(row.integer(3));
  edit.segment.end = Millis(row.integer(4));
  edit.segment.text = row.text(5);
  TRY(edit.segment.words, words_from_json(row.text(6)));
  edit.segment.language = row.text(7);
  return edit;
}

// The last column of kRecognised.
int position_column() { return static_cast<int>(std::count(kSegmentColumns.begin(), kSegmentColumns.end(), ',')) + 1; }

}  // namespace

Result<std::vector<Segment>> SqliteJobStore::recognised(int64_t job, uint64_t first_window) {
  TRY(Statement query, connection().prepare(kRecognised));
  query.bind(job).bind(first_window);
  std::vector<Segment> segments;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return segments;
    TRY(Segment segment, read_recognised(query, position_column()));
    segments.push_back(std::move(segment));
  }
}

Result<std::vector<SegmentEdit>> SqliteJobStore::edits_until(int64_t job, uint64_t version) {
  std::vector<SegmentEdit> edits;
  if (version == 0) return edits;
  TRY(Statement query, connection().prepare(kEditsUntil));
  query.bind(job).bind(version);
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return edits;
    TRY(SegmentEdit edit, read_edit(query));
    edits.push_back(std::move(edit));
  }
}

Result<VersionedText> SqliteJobStore::text(const OwnerId& owner, const JobId& id, std::optional<uint64_t> version) {
  const std::scoped_lock lock(database_->mutex);
  TRY(const Job job, find_locked(owner, id));
  if (version && *version > job.version)
    return fail(ErrorCode::kNotFound, "the text has no version " + std::to_string(*version) + "; the newest is " +
                                          std::to_string(job.version));
  TRY(const int64_t number, number_of(owner, id));
  TRY(std::vector<Segment> segments, recognised(number, 0));
  const uint64_t wanted = version.value_or(job.version);
  TRY(const auto edits, edits_until(number, wanted));
  return overlaid(wanted, std::move(segments), edits);
}

Result<std::vector<Segment>> SqliteJobStore::segments(const OwnerId& owner, const JobId& id, uint64_t first_window) {
  const std::scoped_lock lock(database_->mutex);
  TRY(const Job job, find_locked(owner, id));
  TRY(const int64_t number, number_of(owner, id));
  TRY(std::vector<Segment> segments, recognised(number, first_window));
  TRY(auto edits, edits_until(number, job.version));
  std::erase_if(edits, [&](const SegmentEdit& edit) { return edit.segment.window < first_window; });
  return overlaid(job.version, std::move(segments), edits).segments;
}

Result<uint64_t> SqliteJobStore::save_edit(const OwnerId& owner, const JobId& id, const VersionedText& before,
                                           const TextEdit& edit, std::optional<uint64_t> restored) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, Transaction::begin(connection()));
  TRY(const int64_t number, number_of(owner, id));
  const uint64_t version = before.version + 1;
  TRY_VOID(connection().run("UPDATE jobs SET version = ? WHERE number = ? AND version = ?", version, number,
                            before.version));
  if (connection().changes() == 0)
    return fail(ErrorCode::kStale, "the text was changed in the meantime; read it again and repeat the change");
  const VersionKind kind = restored ? VersionKind::kRestore : VersionKind::kEdit;
  TRY_VOID(connection().run(
      "INSERT INTO versions(job, version, created, kind, n_changes, restored) VALUES (?, ?, ?, ?, ?, ?)", number,
      version, to_unix_ms(clock_.now()), version_kind_name(kind), edit.segments.size() + edit.removed.size(),
      restored));
  for (const auto& one : edits_of(edit, before)) {
    TRY_VOID(insert_edit(number, version, one));
    const bool is_gone = one.state == SegmentEdit::State::kDeleted;
    TRY_VOID(index_text(number, one.segment.id, is_gone ? "" : one.segment.text));
  }
  TRY_VOID(emit(owner, id, "edited", "{\"version\":" + std::to_string(version) + "}"));
  TRY_VOID(transaction.commit());
  return version;
}

Result<void> SqliteJobStore::insert_edit(int64_t job, uint64_t version, const SegmentEdit& edit) {
  std::vector<Word> words = edit.segment.words;
  for (Word& word : words)
    if (!std::isfinite(word.probability)) word.probability = 0;
  return connection().run(
      "INSERT INTO edited_segments(job, id, version, state, window, start_ms, end_ms, text, words, language)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      job, edit.segment.id, version, state_name(edit.state), edit.segment.window, edit.segment.start.count(),
      edit.segment.end.count(), edit.segment.text, words_to_json(words), edit.segment.language);
}

Result<std::vector<TextVersion>> SqliteJobStore::versions(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  TRY(const Job job, find_locked(owner, id));
  TRY(const int64_t number, number_of(owner, id));
  TRY(Statement query,
      connection().prepare("SELECT version, created, kind, n_changes, restored FROM versions WHERE job = ?"
                           " ORDER BY version DESC"));
  query.bind(number);
  std::vector<TextVersion> versions;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) break;
    versions.push_back({static_cast<uint64_t>(query.integer(0)), from_unix_ms(query.integer(1)),
                        version_kind_from_name(query.text(2)).value_or(VersionKind::kEdit),
                        static_cast<uint64_t>(query.integer(3)), query.optional_integer<uint64_t>(4)});
  }
  versions.push_back({0, job.finished.value_or(job.created), VersionKind::kRecognised, 0, {}});
  return versions;
}

Result<std::optional<Segment>> SqliteJobStore::segment_now(int64_t job, uint64_t id) {
  std::vector<Segment> base;
  {
    TRY(Statement query,
        connection().prepare("SELECT " + kSegmentColumns +
                             ", position FROM segments WHERE job = ? AND window = ? AND position = ?"));
    query.bind(job).bind(id / kMostSegmentsOfWindow).bind(id % kMostSegmentsOfWindow);
    TRY(const bool has_row, query.step());
    if (has_row) {
      TRY(Segment segment, read_recognised(query, position_column()));
      base.push_back(std::move(segment));
    }
  }
  std::vector<SegmentEdit> edits;
  TRY(Statement query, connection().prepare(kLastEdit));
  TRY(const bool has_row, query.bind(job).bind(id).step());
  if (has_row) {
    TRY(SegmentEdit edit, read_edit(query));
    edits.push_back(std::move(edit));
  }
  const VersionedText text = overlaid(0, std::move(base), edits);
  if (text.segments.empty()) return std::nullopt;
  return text.segments.front();
}

Result<Peaks> SqliteJobStore::peaks(const OwnerId& owner, const JobId& id) {
  const std::scoped_lock lock(database_->mutex);
  TRY(const int64_t number, number_of(owner, id));
  TRY(Statement query, connection().prepare("SELECT step_ms, is_complete, peaks FROM peaks WHERE job = ?"));
  TRY(const bool has_row, query.bind(number).step());
  if (!has_row) return Peaks{};
  return Peaks{Millis(query.integer(0)), query.integer(1) != 0, query.bytes(2)};
}

Result<void> SqliteJobStore::save_peaks(const Claim& claim, const Peaks& peaks) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Transaction transaction, begin_for(claim.job));
  TRY_VOID(
      connection().run("INSERT OR REPLACE INTO peaks(job, step_ms, is_complete, peaks)"
                       " SELECT number, ?, ?, ? FROM jobs WHERE id = ? AND epoch = ? AND state = 'running'",
                       peaks.step.count(), peaks.is_complete ? 1 : 0, std::span<const uint8_t>(peaks.values),
                       claim.job.id, claim.epoch));
  if (connection().changes() == 0)
    return fail(ErrorCode::kConflict, "the job " + claim.job.id + " was cancelled, deleted or taken by another worker");
  return transaction.commit();
}

Result<uint64_t> SqliteJobStore::text_bytes(const OwnerId& owner) {
  const std::scoped_lock lock(database_->mutex);
  TRY(Statement query,
      connection().prepare(
          "SELECT coalesce(sum(length(CAST(text AS BLOB)) + length(CAST(words AS BLOB))), 0) FROM ("
          " SELECT text, words FROM segments JOIN jobs ON jobs.number = segments.job WHERE jobs.owner = ?1 UNION ALL"
          " SELECT text, words FROM edited_segments JOIN jobs ON jobs.number = edited_segments.job"
          " WHERE jobs.owner = ?1)"));
  TRY_VOID(query.bind(owner).step());
  return static_cast<uint64_t>(query.integer(0));
}

}  // namespace v2t::store
