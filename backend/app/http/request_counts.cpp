// Counting of requests.
#include "app/http/request_counts.h"

namespace v2t::http {

void RequestCounts::add(const std::string& route, int status, std::chrono::milliseconds time) {
  const std::scoped_lock lock(mutex_);
  Count& count = counts_[{route, status}];
  ++count.requests;
  count.time += time;
}

std::map<RequestCounts::Key, RequestCounts::Count> RequestCounts::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

}  // namespace v2t::http
