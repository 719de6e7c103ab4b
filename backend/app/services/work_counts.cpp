// Counters of the worker.
#include "app/services/work_counts.h"

namespace v2t {

void WorkCounts::add_window(Millis audio) {
  const std::scoped_lock lock(mutex_);
  ++totals_.windows;
  totals_.audio += audio;
}

void WorkCounts::add_done(std::chrono::milliseconds work) {
  const std::scoped_lock lock(mutex_);
  ++totals_.jobs_done;
  totals_.work += work;
}

void WorkCounts::add_failed(ErrorCode code) {
  const std::scoped_lock lock(mutex_);
  ++totals_.jobs_failed[std::string(error_code_name(code))];
}

WorkCounts::Totals WorkCounts::totals() const {
  const std::scoped_lock lock(mutex_);
  return totals_;
}

}  // namespace v2t
