// Time as the product needs it: wall time for people, steady time for leases and speeds.
#pragma once

#include <chrono>
#include <string>

#include "domain/job.h"

namespace v2t {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;  // UTC; jumps when somebody sets the clock
  // Since the machine started: never jumps, stands still while the machine is suspended, and is the same in all
  // processes of the machine.
  virtual std::chrono::milliseconds steady() const = 0;
  // Names this start of the machine: steady times of different boots cannot be compared. Empty where unknown.
  virtual std::string boot() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime now() const override;
  std::chrono::milliseconds steady() const override;
  std::string boot() const override;
};

}  // namespace v2t
