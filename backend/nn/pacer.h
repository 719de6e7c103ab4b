// How many members of a team take part, while other programs use the processors too.
#pragma once

#include <chrono>

namespace v2t::nn {

// A barrier lasts until the slowest member comes. Where another program has taken a processor, that is a time slice of
// the system's scheduler, some thousand times as long as the work between two barriers. The pacer sees the time lost in
// barriers, lets one member less take part for a while, and tries again later, ever more rarely while that fails.
// Not thread-safe: for the member that leads.
class Pacer {
 public:
  using Duration = std::chrono::nanoseconds;

  explicit Pacer(int most) : most_(most), active_(most) {}

  // Members that take part in the next call, in [1, most].
  int active() const { return active_; }

  // One call is over: it lasted `total`, of which the leader waited in barriers for `waited`.
  void record(Duration total, Duration waited);

 private:
  void judge();
  void look_later();

  const int most_;
  int active_;
  bool is_trying_ = false;  // with one member more than was good lately
  Duration total_{};        // since the last judgement
  Duration waited_{};
  Duration until_next_try_{};
  Duration patience_ = kFirstPatience;

  static constexpr Duration kFirstPatience = std::chrono::milliseconds(100);
  static constexpr Duration kLongestPatience = std::chrono::seconds(2);
};

}  // namespace v2t::nn
