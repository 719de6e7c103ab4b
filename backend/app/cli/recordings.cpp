// One thread feeds the engine with all files; another takes the results.
#include "app/cli/recordings.h"

#include <utility>

namespace v2t::cli {
namespace {

constexpr size_t kMostWaiting = 10;  // clips of one window: what keeps a batch of eight full

}  // namespace

void Recording::open(Result<std::unique_ptr<AudioSource>> audio, const Result<Tools>& tools,
                     const DecodeOptions& options, std::stop_token stop) {
  opened_ = open_all(std::move(audio), tools, options, stop);
}

Result<void> Recording::open_all(Result<std::unique_ptr<AudioSource>> audio, const Result<Tools>& tools,
                                 const DecodeOptions& options, std::stop_token stop) {
  TRY(audio_, std::move(audio));
  TRY(const Tools given, tools);
  begin_ = std::chrono::steady_clock::now();
  windows_ = given.make_windows(*audio_);
  TRY(transcription_, Transcription::open({*windows_, *given.engine, options}, stop));
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
    auto audio = next.get();
    next = open_ahead(i + 1, stop);
    const auto tools = audio ? parts_.tools() : Result<Recording::Tools>();
    const auto recording = std::make_shared<Recording>();
    recording->open(std::move(audio), tools, parts_.options, stop);
    put(recording, stop);
    recording->submit_all(stop);
    if (stop.stop_requested() || !tools) return;
  }
}

// Empty after the last file. Standard input, which may be a keyboard, is read in its turn alone.
std::future<Recordings::OpenAudio> Recordings::open_ahead(size_t index, std::stop_token stop) const {
  if (index >= files_.size()) return {};
  const auto when = files_[index] == "-" ? std::launch::deferred : std::launch::async;
  return std::async(when, [this, index, stop = std::move(stop)] { return parts_.open_audio(files_[index], stop); });
}

// Also when stopped: whoever waits for the file hears of it.
void Recordings::put(std::shared_ptr<Recording> recording, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return line_.size() < kMostWaiting; });
  line_.push_back(std::move(recording));
  changed_.notify_all();
}

}  // namespace v2t::cli
