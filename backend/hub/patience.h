// When to try again, and when to give up.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "hub/http_client.h"
#include "hub/hub_options.h"

namespace v2t::hub {

// Something that may pass: a cut connection, 429, 5xx.
struct Trouble {
  std::string message;
  bool is_unreached = false;
  std::optional<std::chrono::seconds> retry_after;
};

// nullopt: final, trying again changes nothing.
std::optional<Trouble> trouble_of(const tl::expected<HttpReply, HttpFailure>& outcome);

// Counts failures in a row; the waits double.
class Patience {
 public:
  explicit Patience(const RetryPolicy& policy) : policy_(policy) {}
  // Waits before the next attempt. kModelUnavailable when there were enough, kCancelled when stopped.
  Result<void> after(const Trouble& trouble, std::stop_token stop);
  // So many bytes arrived: a megabyte is progress and starts the count again.
  void progressed(uint64_t bytes);

 private:
  RetryPolicy policy_;
  int failures_ = 0;
  int unreached_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace v2t::hub
