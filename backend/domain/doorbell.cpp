// The doorbell of one process.
#include "domain/doorbell.h"

#include <condition_variable>
#include <map>
#include <mutex>

namespace v2t {
namespace {

class ProcessDoorbell final : public Doorbell {
 public:
  void ring() override {
    const std::scoped_lock lock(state_->mutex);
    ++state_->rings;
    state_->changed.notify_all();
    for (const auto& [id, callback] : state_->callbacks) callback();
  }

  uint64_t rings() const override {
    const std::scoped_lock lock(state_->mutex);
    return state_->rings;
  }

  void wait(uint64_t seen, std::chrono::milliseconds timeout, std::stop_token stop) override {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, stop, timeout, [&] { return state_->rings > seen; });
  }

  std::shared_ptr<void> subscribe(std::function<void()> callback) override {
    const std::scoped_lock lock(state_->mutex);
    const uint64_t id = ++state_->last_id;
    state_->callbacks.emplace(id, std::move(callback));
    return {nullptr, [state = state_, id](void*) {
              const std::scoped_lock inner(state->mutex);
              state->callbacks.erase(id);
            }};
  }

 private:
  struct State {
    mutable std::mutex mutex;
    std::condition_variable_any changed;
    uint64_t rings = 0;                                   // guarded by mutex
    uint64_t last_id = 0;                                 // guarded by mutex
    std::map<uint64_t, std::function<void()>> callbacks;  // guarded by mutex; called while holding it, hence the
  };  // contract that callbacks are short and do not call back
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace

std::unique_ptr<Doorbell> make_doorbell() { return std::make_unique<ProcessDoorbell>(); }

}  // namespace v2t
