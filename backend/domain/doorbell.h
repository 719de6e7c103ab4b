// Wakes waiters; carries no data. A waiter looks at the store again after every ring.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>

namespace v2t {

// Thread-safe.
class Doorbell {
 public:
  virtual ~Doorbell() = default;
  virtual void ring() = 0;
  // Number of rings so far; take it before looking at the store, so that no ring is missed.
  virtual uint64_t rings() const = 0;
  // Returns when there were more than `seen` rings, at the timeout, or when stopped.
  virtual void wait(uint64_t seen, std::chrono::milliseconds timeout, std::stop_token stop) = 0;
  // Calls `callback` after every ring, from the ringing thread, until the returned handle is destroyed.
  // The callback must be short and must not ring or subscribe.
  virtual std::shared_ptr<void> subscribe(std::function<void()> callback) = 0;
};

std::unique_ptr<Doorbell> make_doorbell();  // within one process

}  // namespace v2t
