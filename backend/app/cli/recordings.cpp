// One thread feeds the engine with all files; another takes the results.
#include "app/cli/recordings.h"

#include <utility>

namespace v2t::cli {
namespace {

constexpr size_t kMostWaiting = 10;  // clips of one window: what keeps a batch of eight full
constexpr size_t kMostAtFirst = 2;   // while the first is being recognised, from which they take the processor

// Whose first window was looked for already.
class BegunWindows final : public WindowSource {
 public:
  BegunWindows(std::unique_ptr<WindowSource> windows, std::stop_token stop)
      : windows_(std::move(windows)), first_(windows_->next(std::move(stop))) {}

  Result<std::optional<Window>> next(std::stop_token stop) override {
    if (!first_) return windows_->next(std::move(stop));
    return *std::exchange(first_, std::nullopt);
  }
  Samples position() const override { return windows_->position(); }

 private:
  std::unique_ptr<WindowSource> windows_;
  std::optional<Result<std::optional<Window>>> first_;
};

}  // namespace

void Recording::open(Media media, const Result<SpeechEngine*>& engine, const DecodeOptions& options,
                     std::stop_token stop) {
  opened_ = open_all(std::move(media), engine, options, stop);
}

Result<void> Recording::open_all(Media media, const Result<SpeechEngine*>& engine, const DecodeOptions& options,
                                 std::stop_token stop) {
  TRY(audio_, std::move(media.audio));
  TRY(windows_, std::move(media.windows));
  TRY(SpeechEngine* const recogniser, engine);
  begin_ = std::chrono::steady_clock::now();
  TRY(transcription_, Transcription::open({*windows_, *recogniser, options}, stop));
  return {};
}

void Recording::submit_all(std::stop_token stop) {
  if (!opened_) return;
  const std::stop_callback pass_on(stop, [this] { submitting_.request_stop(); });
  try {
    auto result = transcription_->submit_all(submitting_.get_token());
    windows_.reset();
    submitted_.set_value(std::move(result));
  } catch (...) {
    submitted_.set_exception(std::current_exception());
  }
}

Result<Samples> Recording::take_all(const TranscriptionSink& sink, std::stop_token stop) {
  TRY_VOID(opened_);
  const auto taken = transcription_->take_all(sink, stop);
  if (!taken) submitting_.request_stop();
  const auto submitted = submitted_.get_future().get();
  TRY_VOID(taken);
  TRY_VOID(submitted);
  return transcription_->heard();
}

Recordings::Recordings(Parts parts, std::vector<std::string> files, std::stop_token stop)
    : parts_(std::move(parts)),
      files_(std::move(files)),
      pass_on_(std::move(stop), [this] { stop_.request_stop(); }),
      feeding_(std::async(std::launch::async, [this] { feed(stop_.get_token()); })) {}

Recordings::~Recordings() { stop_.request_stop(); }

std::shared_ptr<Recording> Recordings::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_over_ || !line_.empty(); });
  if (line_.empty()) {
    lock.unlock();
    if (feeding_.valid()) feeding_.get();  // what it threw
    return nullptr;
  }
  auto recording = std::move(line_.front());
  line_.pop_front();
  ++n_taken_;
  changed_.notify_all();
  return recording;
}

void Recordings::feed(std::stop_token stop) {
  struct EndAtExit {
    Recordings& self;
    ~EndAtExit() {
      const std::lock_guard lock(self.mutex_);
      self.is_over_ = true;
      self.changed_.notify_all();
    }
  } end_at_exit{*this};
  auto next = open_ahead(0, stop);
  for (size_t i = 0; i < files_.size(); ++i) {
    auto media = next.get();
    next = open_ahead(i + 1, stop);
    const bool has_audio = media.audio.has_value();
    const bool has_windows = media.windows.has_value();
    const auto engine = has_audio && has_windows ? parts_.engine() : Result<SpeechEngine*>(nullptr);
    const auto recording = std::make_shared<Recording>();
    recording->open(std::move(media), engine, parts_.options, stop);
    put(recording, stop);
    recording->submit_all(stop);
    if (stop.stop_requested() || (has_audio && !has_windows) || !engine) return;
  }
}

Recording::Media Recordings::open(const std::string& file, std::stop_token stop) const {
  Recording::Media media{parts_.open_audio(file, stop), nullptr};
  if (media.audio) media.windows = parts_.make_windows(**media.audio);
  if (media.audio && media.windows) media.windows = std::make_unique<BegunWindows>(*std::move(media.windows), stop);
  return media;
}

// Empty after the last file. Standard input, which may be a keyboard, is read in its turn alone.
std::future<Recording::Media> Recordings::open_ahead(size_t index, std::stop_token stop) const {
  if (index >= files_.size()) return {};
  const auto when = files_[index] == "-" ? std::launch::deferred : std::launch::async;
  return std::async(when, [this, index, stop = std::move(stop)] { return open(files_[index], stop); });
}

// The mutex is held. Who takes the second is done with the first.
bool Recordings::has_room() const { return line_.size() < (n_taken_ < 2 ? kMostAtFirst : kMostWaiting); }

// Also when stopped: whoever waits for the file hears of it.
void Recordings::put(std::shared_ptr<Recording> recording, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return has_room(); });
  line_.push_back(std::move(recording));
  changed_.notify_all();
}

}  // namespace v2t::cli
