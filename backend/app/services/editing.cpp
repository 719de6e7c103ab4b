// Changes of a transcript by its owner.
#include "app/services/editing.h"

#include <algorithm>

namespace v2t {
namespace {

constexpr int kMostTries = 10;  // of a change on any version, while others change it too

Result<void> check_base(const IfMatch& base, uint64_t version) {
  if (base.is_any || std::ranges::find(base.versions, version) != base.versions.end()) return {};
  return fail(ErrorCode::kStale,
              "the text is at version " + std::to_string(version) + " by now; read it again and repeat the change");
}

// Later windows must find their place free.
Result<void> check_is_done(const Job& job, const TextEdit& edit) {
  if (is_final(job.state)) return {};
  for (const Segment& segment : edit.segments)
    if (segment.end > job.audio_done)
      return fail(ErrorCode::kConflict, "segment " + std::to_string(segment.id) + " would end at " +
                                            std::to_string(segment.end.count()) + " ms, and only " +
                                            std::to_string(job.audio_done.count()) +
                                            " ms are transcribed so far; wait for the rest");
  return {};
}

}  // namespace

template <class MakeEdit>
Result<Edited> Editing::change(const OwnerId& owner, const JobId& id, const IfMatch& base,
                               std::optional<uint64_t> restored, MakeEdit make_edit) {
  for (int tries = 1;; ++tries) {
    // The job first: segments that come in between are in the text, and only then in the past.
    TRY(const Job job, jobs_.find(owner, id));
    TRY(const VersionedText text, jobs_.text(owner, id, std::nullopt));
    TRY_VOID(check_base(base, text.version));
    TRY(TextEdit edit, make_edit(text));
    TRY_VOID(check_is_done(job, edit));
    const auto version = jobs_.save_edit(owner, id, text, edit, restored);
    if (version) {
      doorbell_.ring();
      return Edited{*version, std::move(edit)};
    }
    const bool may_try_again = version.error().code == ErrorCode::kStale && base.is_any && tries < kMostTries;
    if (!may_try_again) return tl::unexpected(version.error());
  }
}

Result<Edited> Editing::edit(const OwnerId& owner, const JobId& id, const IfMatch& base,
                             std::span<const TextChange> changes) {
  return change(owner, id, base, std::nullopt, [&](const VersionedText& text) { return apply_changes(text, changes); });
}

Result<Edited> Editing::restore(const OwnerId& owner, const JobId& id, const IfMatch& base, uint64_t version) {
  return change(owner, id, base, version, [&](const VersionedText& text) -> Result<TextEdit> {
    TRY(const VersionedText then, jobs_.text(owner, id, version));
    return difference(text, then);
  });
}

Result<std::vector<TextVersion>> Editing::versions(const OwnerId& owner, const JobId& id) {
  return jobs_.versions(owner, id);
}

}  // namespace v2t
