// Requests since the start, by route and status: for /metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace v2t::http {

// Thread-safe.
class RequestCounts {
 public:
  struct Count {
    uint64_t requests = 0;
    std::chrono::milliseconds time{};  // from the head of the request to the end of the answer
  };
  using Key = std::pair<std::string, int>;  // "GET /api/v1/jobs/{id}", status

  // `route` is a pattern of ours, never a path of the client's: the number of keys is bounded.
  void add(const std::string& route, int status, std::chrono::milliseconds time);
  std::map<Key, Count> counts() const;

 private:
  mutable std::mutex mutex_;
  std::map<Key, Count> counts_;  // guarded by mutex_
};

}  // namespace v2t::http
