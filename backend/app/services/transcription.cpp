// Audio -> windows -> engine -> segments. One thread finds windows and hands them to the engine while another takes
// the results: decoding, voice activity and recognition overlap.
#include "app/services/transcription.h"

#include <algorithm>
#include <future>
#include <map>
#include <vector>

namespace v2t {
namespace {

// The language is looked for in the first windows, in more than one only while the guess is weaker than this.
constexpr size_t kLanguageWindows = 3;
constexpr float kSureLanguage = 0.7F;

class LanguageVotes {
 public:
  explicit LanguageVotes(std::vector<std::string> among) : among_(std::move(among)) {}

  // A window's say grows with its length, and with how sure the guess is.
  void add(const std::vector<LanguageGuess>& guesses, size_t n_samples) {
    double allowed = 0;
    double highest = 0;
    for (const auto& guess : guesses) {
      if (!is_allowed(guess.language)) continue;
      allowed += guess.probability;
      highest = std::max(highest, static_cast<double>(guess.probability));
    }
    if (allowed <= 0) return;
    const double weight = static_cast<double>(n_samples) * highest / allowed;
    total_ += weight;
    for (const auto& guess : guesses)
      if (is_allowed(guess.language)) votes_[guess.language] += weight * guess.probability / allowed;
  }

  std::string winner() const {
    const auto most = std::max_element(votes_.begin(), votes_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes_.end() ? among_.front() : most->first;
  }
  bool is_sure() const { return !votes_.empty() && votes_.at(winner()) >= kSureLanguage * total_; }

 private:
  bool is_allowed(const std::string& language) const {
    return std::find(among_.begin(), among_.end(), language) != among_.end();
  }

  std::vector<std::string> among_;
  std::map<std::string, double> votes_;
  double total_ = 0;
};

// Stops the submission before its future is waited for, also when a sink throws.
struct StopAtExit {
  std::stop_source& source;
  ~StopAtExit() { source.request_stop(); }
};

// The languages to detect among.
Result<std::vector<std::string>> candidates(const TranscriptionInput& input) {
  auto known = input.engine.languages();
  const auto& allowed = input.options.languages;
  if (allowed.empty()) return known;
  std::erase_if(known, [&](const auto& code) { return std::count(allowed.begin(), allowed.end(), code) == 0; });
  if (known.empty())
    return fail(ErrorCode::kInvalidArgument, "model " + input.engine.model_name() +
                                                 " knows none of the languages that are allowed; allow others, or "
                                                 "choose another model");
  return known;
}

// The language, and the windows in which it was looked for.
Result<std::string> detect_language(const TranscriptionInput& input, const std::vector<std::string>& among,
                                    std::vector<Window>& heard, std::stop_token stop) {
  LanguageVotes votes(among);
  while (heard.size() < kLanguageWindows && !votes.is_sure()) {
    TRY(auto window, input.windows.next(stop));
    if (!window) break;
    heard.push_back(*std::move(window));
    if (!input.engine.is_multilingual()) break;
    const auto& samples = heard.back().samples;
    TRY(const auto guesses, input.engine.detect_language(samples, stop));
    votes.add(guesses, samples.size());
  }
  return votes.winner();
}

}  // namespace

Result<std::unique_ptr<Transcription>> Transcription::open(const TranscriptionInput& input, std::stop_token stop) {
  std::unique_ptr<Transcription> transcription(new Transcription(input));
  TRY_VOID(transcription->open_session(stop));
  return transcription;
}

Result<void> Transcription::open_session(std::stop_token stop) {
  DecodeOptions options = input_.options;
  if (options.language.empty()) {
    TRY(options.languages, candidates(input_));
    if (options.languages.size() == 1) options.language = options.languages.front();
  }
  if (!options.language.empty()) {
    options.languages.clear();  // given for everything
  } else if (input_.settled_language) {
    options.language = *input_.settled_language;
  } else {
    TRY(options.language, detect_language(input_, options.languages, first_windows_, stop));
    heard_ = input_.windows.position();
    if (first_windows_.empty()) return {};  // no speech, no language
  }
  language_ = options.language;
  TRY(session_, input_.engine.open_session(std::move(options)));
  return {};
}

Result<void> Transcription::submit_all(std::stop_token stop) {
  if (!session_) return {};
  struct FinishAtExit {
    Transcription& self;
    ~FinishAtExit() {
      self.heard_ = self.input_.windows.position();
      self.session_->finish();  // lets whoever takes the results end, whatever happened here
    }
  } finish_at_exit{*this};
  for (auto& window : first_windows_) TRY_VOID(session_->submit(std::move(window), stop));
  for (;;) {
    TRY(auto window, input_.windows.next(stop));
    if (!window) return {};
    TRY_VOID(session_->submit(*std::move(window), stop));
  }
}

Result<void> Transcription::take_all(const TranscriptionSink& sink, std::stop_token stop) {
  if (!session_) return {};
  TRY_VOID(sink.on_language(language_));
  for (;;) {
    TRY(auto result, session_->next(stop));
    if (!result) return {};
    for (size_t i = 0; i < result->segments.size(); ++i) result->segments[i].id = recognised_id(result->window, i);
    TRY_VOID(sink.on_window(*result, result->media_end));
  }
}

Result<Samples> transcribe(const TranscriptionInput& input, const TranscriptionSink& sink, std::stop_token stop) {
  TRY(const auto transcription, Transcription::open(input, stop));
  std::stop_source submitting;
  const std::stop_callback stop_submitting(stop, [&] { submitting.request_stop(); });
  auto submitted = std::async(std::launch::async, [&] { return transcription->submit_all(submitting.get_token()); });
  const StopAtExit stop_at_exit{submitting};
  const auto taken = transcription->take_all(sink, stop);
  if (!taken) submitting.request_stop();
  const auto submission = submitted.get();
  // When the taking failed, the submission was merely told to stop.
  TRY_VOID(taken);
  TRY_VOID(submission);
  return transcription->heard();
}

}  // namespace v2t
