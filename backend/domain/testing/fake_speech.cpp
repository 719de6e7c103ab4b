// Fakes of everything that hears.
#include "domain/testing/fake_speech.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace v2t::testing {
namespace {

constexpr int64_t kWindow = 30 * kSampleRateHz;

Result<Samples> length_of(const UniqueFd& file, const std::string& name) {
  std::array<char, 16> text{};
  const ssize_t n = ::pread(file.get(), text.data(), text.size(), 0);
  if (n == 0) return fail(ErrorCode::kEmptyFile, name + " is empty");
  int64_t seconds = 0;
  const char* end = text.data() + std::max<ssize_t>(n, 0);
  if (std::from_chars(text.data(), end, seconds).ptr != end) return fail(ErrorCode::kNotMedia, name + " is no media");
  return Samples(seconds * kSampleRateHz);
}

class FakeAudio final : public AudioSource {
 public:
  FakeAudio(Samples length, std::shared_ptr<std::atomic<int>> n_open)
      : length_(length), left_(length), n_open_(std::move(n_open)) {
    ++*n_open_;
  }
  ~FakeAudio() override { --*n_open_; }
  Result<size_t> read(std::span<float> out, std::stop_token) override {
    const auto n = std::min<int64_t>(static_cast<int64_t>(out.size()), left_.count());
    left_ -= Samples(n);
    std::fill_n(out.begin(), n, 0.0F);
    return static_cast<size_t>(n);
  }
  std::optional<Samples> duration() const override { return length_; }
  std::vector<Warning> warnings() const override { return {}; }

 private:
  const Samples length_;
  Samples left_;
  const std::shared_ptr<std::atomic<int>> n_open_;
};

class FakeWindows final : public WindowSource {
 public:
  FakeWindows(AudioSource& audio, const WindowsBegin& begin)
      : audio_(audio), begin_(begin.media), next_(begin.number) {}
  Result<std::optional<Window>> next(std::stop_token stop) override {
    if (position_ < begin_) {
      std::vector<float> skipped(static_cast<size_t>(begin_.count()));
      TRY(const size_t n, audio_.read(skipped, stop));
      position_ = Samples(static_cast<int64_t>(n));
    }
    Window window;
    window.samples.resize(kWindow);
    TRY(const size_t n, audio_.read(window.samples, stop));
    if (n == 0) return std::nullopt;
    position_ += Samples(static_cast<int64_t>(n));
    window.number = next_++;
    window.samples.assign(n, static_cast<float>(window.number));
    window.media_end = position_;
    return window;
  }
  Samples position() const override { return position_; }

 private:
  AudioSource& audio_;
  const Samples begin_;
  uint64_t next_;
  Samples position_{};
};

class FakeSession final : public EngineSession {
 public:
  FakeSession(FakeEngine::Script& script, std::string language) : script_(script), language_(std::move(language)) {}

  Result<void> submit(Window window, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return windows_.size() < 2; })) return fail(ErrorCode::kCancelled, "stopped");
    windows_.push_back(std::move(window));
    changed_.notify_all();
    return {};
  }
  void finish() override {
    const std::scoped_lock lock(mutex_);
    is_finished_ = true;
    changed_.notify_all();
  }
  Result<std::optional<WindowResult>> next(std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !windows_.empty() || is_finished_; }))
      return fail(ErrorCode::kCancelled, "stopped");
    if (windows_.empty()) return std::nullopt;
    const Window window = std::move(windows_.front());
    windows_.pop_front();
    changed_.notify_all();
    lock.unlock();
    if (const auto gate = script_.gates.find(window.number); gate != script_.gates.end()) gate->second->pass(stop);
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped");
    if (const auto error = script_.errors.find(window.number); error != script_.errors.end())
      return tl::unexpected(error->second);
    ++script_.n_decoded_windows;
    return WindowResult{window.number, {fake_segment(window.number, language_)}, window.media_end, kFakeCoverage};
  }

 private:
  FakeEngine::Script& script_;
  const std::string language_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Window> windows_;  // guarded by mutex_
  bool is_finished_ = false;    // guarded by mutex_
};

}  // namespace

void Gate::pass(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  has_visitor_ = true;
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return is_open_; });
}

void Gate::open() {
  const std::scoped_lock lock(mutex_);
  is_open_ = true;
  changed_.notify_all();
}

void Gate::wait_for_visitor() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return has_visitor_; });
}

Result<MediaInfo> FakeMediaReader::probe(UniqueFd file, const AudioOptions& options, std::stop_token) {
  TRY(const Samples length, length_of(file, options.name));
  MediaInfo info;
  info.duration = to_millis(length);
  return info;
}

Result<std::unique_ptr<AudioSource>> FakeMediaReader::open_audio(UniqueFd file, const AudioOptions& options,
                                                                 std::stop_token) {
  TRY(const Samples length, length_of(file, options.name));
  return std::make_unique<FakeAudio>(length, n_open_);
}

std::unique_ptr<WindowSource> make_fake_windows(AudioSource& audio, const WindowsBegin& begin) {
  return std::make_unique<FakeWindows>(audio, begin);
}

Segment fake_segment(uint64_t window, const std::string& language) {
  Segment segment;
  segment.window = window;
  segment.id = recognised_id(window, 0);
  segment.start = std::chrono::seconds(30 * window);
  segment.end = segment.start + std::chrono::seconds(5);
  segment.text = "window " + std::to_string(window) + " in " + language;
  segment.avg_logprob = -1.0F / static_cast<float>(window + 3);
  segment.words = {{segment.start, segment.end, " " + segment.text, 0.9F}};
  return segment;
}

Result<std::vector<LanguageGuess>> FakeEngine::detect_language(std::span<const float>, std::stop_token) {
  ++script_.n_detections;
  return std::vector<LanguageGuess>{{"ru", 0.9F}, {"en", 0.1F}};
}

Result<std::unique_ptr<EngineSession>> FakeEngine::open_session(DecodeOptions options) {
  if (script_.throws) throw std::runtime_error("the engine exploded");
  return std::make_unique<FakeSession>(script_, options.language);
}

Result<ModelFiles> FakeModelLibrary::get(const std::string& name, const ModelProgressCallback& progress,
                                         std::stop_token) {
  ++n_calls_;
  if (n_failures_ > 0) {
    --n_failures_;
    return fail(ErrorCode::kModelUnavailable, "the hub does not answer; fetch the model with fetch_weights");
  }
  if (name != "base" && name != "small") return fail(ErrorCode::kNotFound, "there is no model " + name);
  progress({name, "model.bin", 1'000, 1'000});
  ModelFiles files;
  files.name = name;
  return files;
}

}  // namespace v2t::testing
