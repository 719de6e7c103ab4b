// A team of threads that run one function together (single program, multiple data), with barriers inside.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "nn/pacer.h"

namespace v2t::nn {

// Whether all members take part in every call, or as many as gain from it (see Pacer).
enum class Attendance { kAll, kPaced };

// The calling thread is member 0. Waiting members spin for some microseconds, then sleep in the kernel, so that
// a machine shared with others is not burnt away. One thread at a time may call run().
class Team {
 public:
  explicit Team(int threads, Attendance attendance = Attendance::kAll);  // 1 <= threads <= kMostThreads
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team();

  static constexpr int kMostThreads = 255;

  int threads() const { return threads_; }

  // Calls work(member) on every member that takes part, member in [0, n) with n <= threads(), and returns when all have
  // returned. The work must share itself out by take_task(), not by threads(), and must not throw.
  void run(const std::function<void(int member)>& work);

  // Inside run(): waits until all members are here. All writes before it are seen by all after it.
  void barrier();
  // Inside run(): the next number of 0, 1, 2, ... of this stretch between two barriers, each given to one member.
  // Members that share tasks like this must all have left the stretch by a barrier before the next begins.
  int take_task() { return next_task_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void serve(int member);
  void wait_at_barrier(uint32_t generation, bool is_leader);

  const int threads_;
  const Attendance attendance_;
  Pacer pacer_;
  Pacer::Duration leader_waited_{};  // in barriers of this call
  std::thread::id leader_;
  alignas(64) std::atomic<int> next_task_{0};
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};  // of the barrier
  // Of run(): its number, shifted left by 8, and how many members take part. Who does not may miss calls.
  alignas(64) std::atomic<uint32_t> call_{0};
  int active_ = 1;  // the same number; written before call_, read after it
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<bool> is_stopping_{false};  // who takes no part in a call may look at any time
  std::vector<std::thread> members_;
};

}  // namespace v2t::nn
