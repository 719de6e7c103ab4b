// The loading of a model beside other work.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "domain/speech_engine.h"

namespace v2t::cli {

// For one thread. Who no longer wants the engine destroys this, which stops the loading.
class EngineLoading {
 public:
  using Loaded = Result<std::unique_ptr<SpeechEngine>>;

  EngineLoading(std::function<Loaded(std::stop_token)> load, std::stop_token stop)
      : forward_(std::move(stop), [this] { stop_.request_stop(); }),
        loading_(std::async(std::launch::async, std::move(load), stop_.get_token())) {}
  ~EngineLoading() { stop_.request_stop(); }

  // Waits; the same answer each time. The engine lives as long as this.
  Result<SpeechEngine*> wait() {
    if (!loaded_) loaded_ = loading_.get();
    if (!*loaded_) return tl::unexpected(loaded_->error());
    return (*loaded_)->get();
  }
  bool has_failed() const { return loaded_ && !*loaded_; }

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> forward_;
  std::future<Loaded> loading_;
  std::optional<Loaded> loaded_;
};

}  // namespace v2t::cli
