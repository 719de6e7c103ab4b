// Fewer members while barriers eat the time.
#include "nn/pacer.h"

#include <algorithm>

namespace v2t::nn {
namespace {

constexpr Pacer::Duration kJudgedStretch = std::chrono::milliseconds(20);
constexpr double kLostShare = 0.35;  // a quiet machine loses a tenth

}  // namespace

void Pacer::record(Duration total, Duration waited) {
  if (most_ == 1) return;
  total_ += total;
  waited_ += waited;
  if (active_ < most_ && !is_trying_) {
    until_next_try_ -= total;
    if (until_next_try_ <= Duration::zero()) {
      is_trying_ = true;
      ++active_;
      total_ = waited_ = Duration::zero();
    }
  }
  if (total_ >= kJudgedStretch) judge();
}

void Pacer::judge() {
  const bool loses = static_cast<double>(waited_.count()) > kLostShare * static_cast<double>(total_.count());
  total_ = waited_ = Duration::zero();
  if (loses && active_ > 1) {
    --active_;
    look_later();
  } else if (is_trying_) {
    patience_ = kFirstPatience;
    until_next_try_ = kFirstPatience;
  }
  is_trying_ = false;
}

void Pacer::look_later() {
  until_next_try_ = patience_;
  patience_ = is_trying_ ? std::min(2 * patience_, kLongestPatience) : kFirstPatience;
}

}  // namespace v2t::nn
