// One thread that looks now and then.
#include "app/services/copy_keeper.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/log.h"

namespace v2t {

CopyKeeper::CopyKeeper(CopyParts parts, CopyOptions options) : parts_(std::move(parts)), options_(options) {
  if (const auto revision = parts_.revision()) saved_revision_ = *revision;  // as it was brought back
  thread_ = std::jthread([this](std::stop_token stop) { keep(stop); });
}

CopyKeeper::~CopyKeeper() {
  thread_.request_stop();
  thread_.join();
  save_if_changed();
}

void CopyKeeper::keep(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::optional<std::chrono::milliseconds> last;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const auto now = parts_.clock.steady();
    if (!last || now - *last >= options_.shortest_pause) {
      const int64_t before = saved_revision_;
      save_if_changed();
      if (saved_revision_ != before) last = now;
    }
    never.wait_for(lock, stop, options_.look, [] { return false; });
  }
}

void CopyKeeper::save_if_changed() {
  const auto revision = parts_.revision();
  if (!revision || *revision == saved_revision_) return;
  const auto begin = parts_.clock.steady();
  const auto saved = parts_.save();
  if (saved) {
    saved_revision_ = *revision;
    log::info("texts copied to the bucket", {{"ms", std::to_string((parts_.clock.steady() - begin).count())}});
  } else if (!has_failed_) {
    log::warning("cannot copy the texts to the bucket; it is tried again", {{"reason", saved.error().message}});
  }
  has_failed_ = !saved;
}

}  // namespace v2t
