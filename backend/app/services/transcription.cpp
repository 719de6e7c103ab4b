// Audio -> windows -> engine -> segments. One thread finds windows and hands them to the engine while the calling
// thread takes the results: decoding, voice activity and recognition overlap.
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

// Stops the producer before its future is waited for, also when a sink throws.
struct StopAtExit {
  std::stop_source& source;
  ~StopAtExit() { source.request_stop(); }
};

class Transcription {
 public:
  Transcription(const TranscriptionInput& input, const TranscriptionSink& sink) : input_(input), sink_(sink) {}

  Result<Samples> run(std::stop_token stop) {
    DecodeOptions options = input_.options;
    if (options.language.empty()) {
      TRY(options.languages, candidates());
      if (options.languages.size() == 1) options.language = options.languages.front();
    }
    if (!options.language.empty()) {
      options.languages.clear();  // given for everything
    } else if (input_.settled_language) {
      options.language = *input_.settled_language;
    } else {
      TRY(options.language, detect_language(options.languages, stop));
      if (first_windows_.empty()) return input_.windows.position();  // no speech, no language
    }
    TRY_VOID(sink_.on_language(options.language));
    TRY(const auto session, input_.engine.open_session(std::move(options)));
    TRY_VOID(drive(*session, stop));
    return input_.windows.position();
  }

 private:
  // The languages to detect among.
  Result<std::vector<std::string>> candidates() const {
    auto known = input_.engine.languages();
    const auto& allowed = input_.options.languages;
    if (allowed.empty()) return known;
    std::erase_if(known, [&](const auto& code) { return std::count(allowed.begin(), allowed.end(), code) == 0; });
    if (known.empty())
      return fail(ErrorCode::kInvalidArgument, "model " + input_.engine.model_name() +
                                                   " knows none of the languages that are allowed; allow others, or "
                                                   "choose another model");
    return known;
  }

  Result<std::string> detect_language(const std::vector<std::string>& among, std::stop_token stop) {
    LanguageVotes votes(among);
    while (first_windows_.size() < kLanguageWindows && !votes.is_sure()) {
      TRY(auto window, input_.windows.next(stop));
      if (!window) break;
      first_windows_.push_back(*std::move(window));
      if (!input_.engine.is_multilingual()) break;
      const auto& samples = first_windows_.back().samples;
      TRY(const auto guesses, input_.engine.detect_language(samples, stop));
      votes.add(guesses, samples.size());
    }
    return votes.winner();
  }

  Result<void> drive(EngineSession& session, std::stop_token stop) {
    std::stop_source producing;
    const std::stop_callback stop_producing(stop, [&] { producing.request_stop(); });
    auto produced = std::async(std::launch::async, [&] { return produce(session, producing.get_token()); });
    const StopAtExit stop_at_exit{producing};
    const auto consumed = consume(session, stop);
    if (!consumed) producing.request_stop();
    const auto production = produced.get();
    // When the consumer failed, the producer was merely told to stop.
    return consumed ? production : consumed;
  }

  Result<void> produce(EngineSession& session, std::stop_token stop) {
    struct FinishAtExit {
      EngineSession& session;
      ~FinishAtExit() { session.finish(); }  // lets the consumer end, whatever happened here
    } finish_at_exit{session};
    for (auto& window : first_windows_) TRY_VOID(submit(session, std::move(window), stop));
    for (;;) {
      TRY(auto window, input_.windows.next(stop));
      if (!window) return {};
      TRY_VOID(submit(session, *std::move(window), stop));
    }
  }

  Result<void> submit(EngineSession& session, Window window, std::stop_token stop) const {
    if (window.number < input_.first_window) return {};
    return session.submit(std::move(window), stop);
  }

  Result<void> consume(EngineSession& session, std::stop_token stop) const {
    for (;;) {
      TRY(auto result, session.next(stop));
      if (!result) return {};
      for (size_t i = 0; i < result->segments.size(); ++i) result->segments[i].id = recognised_id(result->window, i);
      TRY_VOID(sink_.on_window(*result, result->media_end));
    }
  }

  const TranscriptionInput& input_;
  const TranscriptionSink& sink_;
  std::vector<Window> first_windows_;  // in which the language was looked for
};

}  // namespace

Result<Samples> transcribe(const TranscriptionInput& input, const TranscriptionSink& sink, std::stop_token stop) {
  return Transcription(input, sink).run(stop);
}

}  // namespace v2t
