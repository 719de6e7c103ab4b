// Thread team: generation counters, short spinning, then futex waits (std::atomic::wait).
#include "nn/team.h"

#include "base/result.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace v2t::nn {
namespace {

constexpr int kSpins = 2000;  // 50 us on Zen 4: longer than members differ between two barriers of a decoder step

constexpr uint32_t kActiveBits = 8;

using SteadyClock = std::chrono::steady_clock;

void pause_briefly() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

// Returns when the value is no longer the old one.
void wait_for_change(const std::atomic<uint32_t>& value, uint32_t old) {
  for (int spin = 0; spin < kSpins; ++spin) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause_briefly();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Team::Team(int threads, Attendance attendance) : threads_(threads), attendance_(attendance), pacer_(threads) {
  CHECK(threads >= 1 && threads <= kMostThreads);
  for (int member = 1; member < threads; ++member) members_.emplace_back([this, member] { serve(member); });
}

Team::~Team() {
  is_stopping_ = true;
  call_.fetch_add(1U << kActiveBits, std::memory_order_release);
  call_.notify_all();
  for (std::thread& member : members_) member.join();
}

void Team::run(const std::function<void(int)>& work) {
  const auto start = SteadyClock::now();
  next_task_.store(0, std::memory_order_relaxed);
  leader_waited_ = {};
  leader_ = std::this_thread::get_id();
  active_ = attendance_ == Attendance::kPaced ? pacer_.active() : threads_;
  work_ = &work;
  const uint32_t number = (call_.load(std::memory_order_relaxed) >> kActiveBits) + 1;
  call_.store(number << kActiveBits | static_cast<uint32_t>(active_), std::memory_order_release);
  call_.notify_all();
  work(0);
  barrier();
  pacer_.record(SteadyClock::now() - start, leader_waited_);
}

void Team::barrier() {
  const uint32_t generation = generation_.load(std::memory_order_acquire);
  // Read before this member is counted: once all are, the leader may return and change them for its next call.
  const int active = active_;
  const bool is_leader = std::this_thread::get_id() == leader_;
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < active) {
    wait_at_barrier(generation, is_leader);
    return;
  }
  arrived_.store(0, std::memory_order_relaxed);
  next_task_.store(0, std::memory_order_relaxed);
  generation_.store(generation + 1, std::memory_order_release);
  generation_.notify_all();
}

void Team::wait_at_barrier(uint32_t generation, bool is_leader) {
  if (!is_leader) return wait_for_change(generation_, generation);
  const auto start = SteadyClock::now();
  wait_for_change(generation_, generation);
  leader_waited_ += SteadyClock::now() - start;
}

void Team::serve(int member) {
  for (uint32_t seen = 0;;) {
    wait_for_change(call_, seen);
    seen = call_.load(std::memory_order_acquire);
    if (is_stopping_) return;
    if (static_cast<uint32_t>(member) >= (seen & ((1U << kActiveBits) - 1))) continue;
    (*work_)(member);
    barrier();
  }
}

}  // namespace v2t::nn
