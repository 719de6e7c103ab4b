// Changes of a transcript by its owner: each becomes a version, and every version can be restored.
#pragma once

#include <span>
#include <vector>

#include "domain/doorbell.h"
#include "domain/editing.h"
#include "domain/job_store.h"

namespace v2t {

// The versions on which a change may be made.
struct IfMatch {
  bool is_any = false;
  std::vector<uint64_t> versions;
};

struct Edited {
  uint64_t version = 0;
  TextEdit edit;
};

// Thread-safe. Foreign and unknown ids give the same kNotFound. Rings the doorbell on every change.
class Editing {
 public:
  Editing(JobStore& jobs, Doorbell& doorbell) : jobs_(jobs), doorbell_(doorbell) {}

  // kStale when the newest version is none of `base`; else as apply_changes(). While a job runs, times must lie in what
  // is transcribed already: kConflict.
  Result<Edited> edit(const OwnerId& owner, const JobId& id, const IfMatch& base, std::span<const TextChange> changes);
  // kNotFound when there is no such version. Makes a new version even if nothing differs.
  Result<Edited> restore(const OwnerId& owner, const JobId& id, const IfMatch& base, uint64_t version);
  // Newest first; the last is what was recognised.
  Result<std::vector<TextVersion>> versions(const OwnerId& owner, const JobId& id);

 private:
  template <class MakeEdit>
  Result<Edited> change(const OwnerId& owner, const JobId& id, const IfMatch& base, std::optional<uint64_t> restored,
                        MakeEdit make_edit);

  JobStore& jobs_;
  Doorbell& doorbell_;
};

}  // namespace v2t
