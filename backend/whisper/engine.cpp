// The speech engine: sessions, their turns, and the thread that runs the batch.
#include "whisper/engine.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <tuple>

#include "whisper/batch.h"

namespace v2t::whisper {
namespace {

constexpr size_t kAhead = 2;  // windows that wait beyond a full batch, so that it never starves
// Until a session has its first result: looking for more speech would take the processor from that.
constexpr size_t kAheadOfFirst = 4;

struct Session {
  std::shared_ptr<const DecodePlan> plan;  // immutable; all else guarded by Core's mutex
  std::deque<Window> waiting;
  std::map<uint64_t, WindowResult> results;  // by order of submission
  uint64_t n_submitted = 0;
  uint64_t n_started = 0;
  uint64_t n_finished = 0;
  uint64_t n_returned = 0;
  uint64_t last_turn = 0;     // grows with every window that was taken
  bool is_finished = false;   // no more windows
  bool is_abandoned = false;  // nobody waits for results

  uint64_t n_in_batch() const { return n_started - n_finished; }
};

struct Question {  // which language
  std::vector<float> samples;
  std::optional<std::vector<LanguageGuess>> answer;
};

tl::unexpected<Error> stopped() { return fail(ErrorCode::kCancelled, "the recognition was stopped"); }

// What sessions and the engine's thread share.
class Core {
 public:
  Core(std::shared_ptr<const SpeechModel> model, const EngineOptions& options)
      : model_(std::move(model)), options_(options) {}

  const SpeechModel& model() const { return *model_; }
  const EngineOptions& options() const { return options_; }

  std::shared_ptr<Session> open(std::shared_ptr<const DecodePlan> plan) {
    auto session = std::make_shared<Session>();
    session->plan = std::move(plan);
    const std::lock_guard lock(mutex_);
    sessions_.push_back(session);
    return session;
  }

  void abandon(const std::shared_ptr<Session>& session) {
    const std::lock_guard lock(mutex_);
    session->is_abandoned = true;
    std::erase(sessions_, session);
    changed_.notify_all();
  }

  Result<void> submit(Session& session, Window window, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    CHECK(!session.is_finished);
    const bool has_room = changed_.wait(lock, stop, [&] { return is_stopping_ || has_room_for(session); });
    if (!has_room || is_stopping_) return stopped();
    session.waiting.push_back(std::move(window));
    ++session.n_submitted;
    changed_.notify_all();
    return {};
  }

  void finish(Session& session) {
    const std::lock_guard lock(mutex_);
    session.is_finished = true;
    changed_.notify_all();
  }

  Result<std::optional<WindowResult>> next(Session& session, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto is_over = [&] { return session.is_finished && session.n_returned == session.n_submitted; };
    const auto is_ready = [&] { return session.results.contains(session.n_returned); };
    const bool has_news = changed_.wait(lock, stop, [&] { return is_stopping_ || is_over() || is_ready(); });
    if (!has_news) return stopped();
    if (is_ready()) return std::optional(std::move(session.results.extract(session.n_returned++).mapped()));
    if (is_over()) return std::optional<WindowResult>();
    return stopped();
  }

  Result<std::vector<LanguageGuess>> ask(std::vector<float> samples, const std::stop_token& stop) {
    auto question = std::make_shared<Question>(Question{std::move(samples), std::nullopt});
    std::unique_lock lock(mutex_);
    questions_.push_back(question);
    changed_.notify_all();
    const bool has_news = changed_.wait(lock, stop, [&] { return is_stopping_ || question->answer.has_value(); });
    if (has_news && question->answer) return std::move(*question->answer);
    std::erase(questions_, question);
    return stopped();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
  }

  // The engine's thread.
  void run(std::unique_ptr<Forward> forward) {
    Batch batch(model_, std::move(forward), options_.max_batch + 1);
    while (const auto question = take_work(batch)) {
      if (*question) answer(**question, batch.guess_language(std::move((*question)->samples), options_.context));
      deliver(batch.step([this] { return !is_stopping(); }));
    }
  }

 private:
  using MaybeQuestion = std::shared_ptr<Question>;

  bool is_stopping() {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
  }

  bool has_room_for(const Session& session) const {
    const size_t limit = static_cast<size_t>(options_.max_batch) + kAhead;
    return session.n_submitted - session.n_finished < (session.n_finished > 0 ? limit : std::min(limit, kAheadOfFirst));
  }

  bool has_work(const Batch& batch) const {
    return !batch.is_empty() || !questions_.empty() ||
           std::any_of(sessions_.begin(), sessions_.end(), [](const auto& s) { return !s->waiting.empty(); });
  }

  // Waits for work and fills the batch; gives a question that waits, if any; nullopt when it is time to stop.
  std::optional<MaybeQuestion> take_work(Batch& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_stopping_ || has_work(batch); });
    if (is_stopping_) return std::nullopt;
    batch.remove_if([](const auto& owner) { return static_cast<const Session*>(owner.get())->is_abandoned; });
    // One window a step, so that a session that comes now waits for one encoding, not for those of a whole batch.
    if (const auto session = take_turn(batch)) {
      batch.add(session, session->n_started++, session->plan, std::move(session->waiting.front()));
      session->waiting.pop_front();
    }
    MaybeQuestion question;
    // While the batch is full, what was heard for the last question is kept for its window, which waits for a place.
    if (!questions_.empty() && !batch.is_full()) {
      question = std::move(questions_.front());
      questions_.pop_front();
    }
    return question;
  }

  // Of the sessions with a window waiting: whose turn has the fewest windows in the batch, then who has the fewest,
  // then who waits the longest. The last place in the batch is kept for who has none there.
  std::shared_ptr<Session> take_turn(const Batch& batch) {
    if (batch.is_full()) return nullptr;
    std::map<std::string_view, uint64_t> of_turn;
    for (const auto& session : sessions_) of_turn[session->plan->options.turn] += session->n_in_batch();
    const auto rank = [&](const Session& session) {
      const std::string_view turn = session.plan->options.turn;
      return std::tuple(turn.empty() ? session.n_in_batch() : of_turn[turn], session.n_in_batch(), session.last_turn);
    };
    std::shared_ptr<Session> next;
    for (const auto& session : sessions_)
      if (!session->waiting.empty() && (!next || rank(*session) < rank(*next))) next = session;
    const bool is_last_place = batch.n_free() == 1;
    if (!next || (is_last_place && next->n_in_batch() > 0)) return nullptr;
    next->last_turn = ++last_turn_;
    return next;
  }

  void answer(Question& question, std::vector<LanguageGuess> guesses) {
    const std::lock_guard lock(mutex_);
    question.answer = std::move(guesses);
    changed_.notify_all();
  }

  void deliver(std::vector<Batch::Finished> finished) {
    if (finished.empty()) return;
    const std::lock_guard lock(mutex_);
    for (auto& one : finished) {
      auto& session = *static_cast<Session*>(one.owner.get());
      session.results.emplace(one.ticket, std::move(one.result));
      ++session.n_finished;
    }
    changed_.notify_all();
  }

  const std::shared_ptr<const SpeechModel> model_;
  const EngineOptions options_;
  std::mutex mutex_;  // guards all below, and the sessions
  std::condition_variable_any changed_;
  std::vector<std::shared_ptr<Session>> sessions_;
  std::deque<std::shared_ptr<Question>> questions_;
  uint64_t last_turn_ = 0;
  bool is_stopping_ = false;
};

class BatchedSession final : public EngineSession {
 public:
  BatchedSession(std::shared_ptr<Core> core, std::shared_ptr<const DecodePlan> plan)
      : core_(std::move(core)), session_(core_->open(std::move(plan))) {}
  ~BatchedSession() override { core_->abandon(session_); }

  Result<void> submit(Window window, std::stop_token stop) override {
    if (window.samples.size() > kMaxWindowSamples)
      return fail(ErrorCode::kInvalidArgument, "window " + std::to_string(window.number) + " is longer than 30 s");
    return core_->submit(*session_, std::move(window), stop);
  }
  void finish() override { core_->finish(*session_); }
  Result<std::optional<WindowResult>> next(std::stop_token stop) override { return core_->next(*session_, stop); }

 private:
  std::shared_ptr<Core> core_;
  std::shared_ptr<Session> session_;
};

class BatchedEngine final : public SpeechEngine {
 public:
  BatchedEngine(std::shared_ptr<const SpeechModel> model, std::unique_ptr<Forward> forward,
                const EngineOptions& options)
      : core_(std::make_shared<Core>(std::move(model), options)),
        thread_([core = core_, owned = std::move(forward)]() mutable { core->run(std::move(owned)); }) {}

  ~BatchedEngine() override {
    core_->stop();
    thread_.join();
  }

  std::string model_name() const override { return core_->model().name; }
  bool is_multilingual() const override { return core_->model().is_multilingual; }

  std::vector<std::string> languages() const override {
    std::vector<std::string> codes;
    for (const auto& [code, token] : core_->model().languages) codes.push_back(code);
    return codes;
  }

  Result<std::vector<LanguageGuess>> detect_language(std::span<const float> samples, std::stop_token stop) override {
    if (samples.empty() || samples.size() > kMaxWindowSamples)
      return fail(ErrorCode::kInvalidArgument, "a language is guessed from more than 0 s and at most 30 s of audio");
    if (!is_multilingual()) return std::vector<LanguageGuess>{{"en", 1.0F}};
    return core_->ask({samples.begin(), samples.end()}, stop);
  }

  Result<std::unique_ptr<EngineSession>> open_session(DecodeOptions options) override {
    TRY(auto plan, make_decode_plan(core_->model(), std::move(options), core_->options().context));
    return std::unique_ptr<EngineSession>(std::make_unique<BatchedSession>(core_, std::move(plan)));
  }

 private:
  std::shared_ptr<Core> core_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<SpeechEngine> make_engine(std::shared_ptr<const SpeechModel> model, std::unique_ptr<Forward> forward,
                                          const EngineOptions& options) {
  CHECK(options.max_batch >= 1);
  return std::make_unique<BatchedEngine>(std::move(model), std::move(forward), options);
}

}  // namespace v2t::whisper
