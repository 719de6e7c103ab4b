// The loading of something large beside other work.
#pragma once

#include <functional>
#include <future>
#include <optional>
#include <stop_token>

#include "base/result.h"

namespace v2t::cli {

// For one thread. Who no longer wants the thing destroys this, which stops the loading.
template <class T>
class Loading {
 public:
  using Loaded = Result<T>;

  Loading(std::function<Loaded(std::stop_token)> load, std::stop_token stop)
      : forward_(std::move(stop), [this] { stop_.request_stop(); }),
        loading_(std::async(std::launch::async, std::move(load), stop_.get_token())) {}
  ~Loading() {
    if (!loaded_) stop_.request_stop();
  }

  // Waits; the same answer each time. The thing lives as long as this.
  Result<T*> wait() {
    if (!loaded_) loaded_ = loading_.get();
    if (!*loaded_) return tl::unexpected(loaded_->error());
    return &**loaded_;
  }

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  std::future<Loaded> loading_;
  std::optional<Loaded> loaded_;
};

}  // namespace v2t::cli
