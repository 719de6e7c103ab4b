// When to try again, and when to give up.
#include "hub/patience.h"

#include <algorithm>

#include "hub/listing.h"
#include "hub/waiting.h"

namespace v2t::hub {
namespace {

constexpr uint64_t kProgressBytes = 1'000'000;

bool may_pass(int status) { return status == 408 || status == 429 || status >= 500; }

std::optional<std::chrono::seconds> retry_after(const HttpReply& reply) {
  const auto seconds = parse_size(reply.header("retry-after"));  // a date instead of seconds: wait as usual
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(std::min<uint64_t>(*seconds, 1'000'000));
}

}  // namespace

std::optional<Trouble> trouble_of(const tl::expected<HttpReply, HttpFailure>& outcome) {
  using Kind = HttpFailure::Kind;
  if (outcome) {
    if (!may_pass(outcome->status)) return std::nullopt;
    const std::string reason = outcome->status == 429 ? " (too many requests)" : "";
    return Trouble{"the server answers " + std::to_string(outcome->status) + reason, false, retry_after(*outcome)};
  }
  const HttpFailure& failure = outcome.error();
  if (failure.kind == Kind::kReceiver || failure.kind == Kind::kCancelled) return std::nullopt;
  return Trouble{failure.error.message, failure.kind == Kind::kNotReached, std::nullopt};
}

Result<void> Patience::after(const Trouble& trouble, std::stop_token stop) {
  ++failures_;
  unreached_ = trouble.is_unreached ? unreached_ + 1 : 0;
  if (failures_ >= policy_.attempts || unreached_ >= policy_.connect_attempts)
    return fail(ErrorCode::kModelUnavailable, trouble.message);
  std::chrono::milliseconds delay =
      std::min(policy_.longest_delay, policy_.first_delay * (1 << std::min(failures_ - 1, 16)));
  if (trouble.retry_after) {
    if (*trouble.retry_after > policy_.longest_delay)
      return fail(ErrorCode::kModelUnavailable, trouble.message + " and asks to wait " +
                                                    std::to_string(trouble.retry_after->count()) + " s; try then");
    delay = std::max(delay, std::chrono::milliseconds(*trouble.retry_after));
  }
  return wait_for(delay, stop);
}

void Patience::progressed(uint64_t bytes) {
  bytes_ += bytes;
  if (bytes_ < kProgressBytes) return;
  bytes_ = 0;
  failures_ = 0;
}

}  // namespace v2t::hub
