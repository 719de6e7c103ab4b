// Transcripts as people change them: changes in, whole segments out. What was recognised is never lost: a version is
// the recognised text with the edits up to it laid over it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "domain/job.h"
#include "domain/transcript.h"

namespace v2t {

// What is absent stays. The text alone: words get their times by retimed_words(). The words alone: they are the text,
// and a segment whose first word starts or last word ends elsewhere than before starts or ends with it.
struct SegmentChange {
  uint64_t segment = 0;  // its id
  std::optional<std::string> text;
  std::optional<std::vector<Word>> words;
  std::optional<Millis> start;
  std::optional<Millis> end;
};
struct SegmentDeletion {
  uint64_t segment = 0;
};
struct SegmentInsertion {
  std::optional<uint64_t> id;  // of a deleted segment that comes back
  Millis start{};
  Millis end{};
  std::string text;
  std::optional<std::vector<Word>> words;
  std::string language;  // empty: not said
};
using TextChange = std::variant<SegmentChange, SegmentDeletion, SegmentInsertion>;

// The text of a job at one version.
struct VersionedText {
  uint64_t version = 0;
  std::vector<Segment> segments;  // in order of time
  std::vector<Segment> deleted;   // as they were last
  uint64_t next_id = kFirstInsertedId;
};

// Leads from one version to the next.
struct TextEdit {
  std::vector<Segment> segments;  // changed and inserted ones, whole, in order of time
  std::vector<uint64_t> removed;  // ids
};

enum class VersionKind { kRecognised, kEdit, kRestore };
std::string_view version_kind_name(VersionKind kind);  // "recognised", "edit", "restore": stored and sent
std::optional<VersionKind> version_kind_from_name(std::string_view name);

struct TextVersion {
  uint64_t version = 0;
  WallTime created{};
  VersionKind kind = VersionKind::kRecognised;
  uint64_t n_changes = 0;            // segments changed, inserted or removed
  std::optional<uint64_t> restored;  // the version that was restored
};

// All of the changes, in their order, or the first that cannot be made. Messages begin with its place:
// "changes[3].segment: ...". kConflict when a change names a segment that is not there, or when afterwards times that
// it changed overlap or leave their order; kInvalidArgument when a change contradicts itself.
Result<TextEdit> apply_changes(const VersionedText& text, std::span<const TextChange> changes);
// What makes `now` into `then`.
TextEdit difference(const VersionedText& now, const VersionedText& then);

// One stored edit of one segment. What it does not name stays as it was recognised.
struct SegmentEdit {
  enum class State {
    kChanged,     // or inserted
    kDeleted,     // `segment` tells how it was last
    kRecognised,  // as it was recognised again
  };
  State state = State::kChanged;
  Segment segment;
};
// Of segments that changed or came, then of those that went.
std::vector<SegmentEdit> edits_of(const TextEdit& edit, const VersionedText& before);
// The recognised segments with the last edit of each segment laid over them.
VersionedText overlaid(uint64_t version, std::vector<Segment> recognised, const std::vector<SegmentEdit>& edits);

}  // namespace v2t
