// A team of threads that run one function together (single program, multiple data), with barriers inside.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace v2t::nn {

// The calling thread is member 0. Waiting members spin for some microseconds, then sleep in the kernel, so that
// a machine shared with others is not burnt away. One thread at a time may call run().
class Team {
 public:
  explicit Team(int threads);  // >= 1
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team();

  int threads() const { return threads_; }

  // Calls work(member) on every member, member in [0, threads()), and returns when all have returned.
  // The work must not throw.
  void run(const std::function<void(int member)>& work);

  // Inside run(): waits until all members are here. All writes before it are seen by all after it.
  void barrier();
  // Inside run(): the next number of 0, 1, 2, ... of this stretch between two barriers, each given to one member.
  // Members that share tasks like this must all have left the stretch by a barrier before the next begins.
  int take_task() { return next_task_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void serve(int member);

  const int threads_;
  alignas(64) std::atomic<int> next_task_{0};
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<uint32_t> generation_{0};  // of the barrier
  alignas(64) std::atomic<uint32_t> call_{0};        // of run()
  const std::function<void(int)>* work_ = nullptr;
  bool is_stopping_ = false;
  std::vector<std::thread> members_;
};

}  // namespace v2t::nn
