// One window of silence through an engine.
#include "app/services/engine_probe.h"

namespace v2t {
namespace {

constexpr Samples kLength = std::chrono::seconds(1);

Window silent_window() {
  Window window;
  window.number = UINT64_MAX;  // of no job
  window.samples.assign(static_cast<size_t>(kLength.count()), 0.0F);
  window.time_map = TimeMap({{Samples(0), Samples(0), kLength}});
  window.media_end = kLength;
  return window;
}

}  // namespace

Result<void> probe_engine(SpeechEngine& engine, std::stop_token stop) {
  const auto languages = engine.languages();
  DecodeOptions options;
  options.language = languages.empty() ? "en" : languages.front();
  TRY(const auto session, engine.open_session(std::move(options)));
  TRY_VOID(session->submit(silent_window(), stop));
  session->finish();
  TRY(const auto result, session->next(stop));
  if (!result) return fail(ErrorCode::kInternal, "the recogniser gave no answer to a window");
  return {};
}

}  // namespace v2t
