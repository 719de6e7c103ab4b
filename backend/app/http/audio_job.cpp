// Waiting for jobs, with and without patience.
#include "app/http/audio_job.h"

#include "app/http/audio_reply.h"
#include "base/log.h"

namespace v2t::http {
namespace {

// The rest of an answer that has begun with blanks.
class LateAnswer final : public EventSource {
 public:
  explicit LateAnswer(std::shared_ptr<AudioJob> job) : job_(std::move(job)) {}

  Batch next() override {
    const auto result = job_->result();
    if (!result) return {};
    if (*result) return {.text = body_of(**result), .has_more = false, .is_last = true};
    // The status was sent: an error can only be told where the body is an object.
    if (!is_json()) return {.text = "", .has_more = false, .is_last = true, .is_broken = true};
    return {.text = problem_json(result->error()), .has_more = false, .is_last = true};
  }
  std::string_view opening() const override { return job_->request().format == AudioFormat::kVtt ? kVttHead : "\n"; }
  std::string_view heartbeat() const override { return is_json() ? " \n" : "\n"; }
  Length length() const override { return Length::kWhole; }

 private:
  static constexpr std::string_view kVttHead = "WEBVTT\n\n";

  bool is_json() const {
    return job_->request().format == AudioFormat::kJson || job_->request().format == AudioFormat::kVerboseJson;
  }

  std::string body_of(const Transcript& transcript) const {
    Response response = audio_response(job_->request(), transcript);
    std::string body = std::get<std::string>(std::move(response.body));
    const bool has_head = job_->request().format == AudioFormat::kVtt && body.starts_with("WEBVTT\n");
    return has_head ? body.substr(std::string_view("WEBVTT\n").size()) : body;
  }

  std::shared_ptr<AudioJob> job_;
};

// The events of a stream.
class TextStream final : public EventSource {
 public:
  explicit TextStream(std::shared_ptr<AudioJob> job) : job_(std::move(job)) {}

  Batch next() override {
    const auto result = job_->result();  // before the segments: none come after the end
    if (result && !*result) return end(error_event(result->error()));
    const auto segments = job_->segments(next_window_);
    if (!segments) return end(error_event(Problem(segments.error())));
    Batch batch;
    batch.text = delta_events(*segments, text_, job_->request().wants_logprobs);
    for (const auto& segment : *segments) next_window_ = segment.window + 1;
    text_ = continued(*segments);
    if (!result) return batch;
    return end(batch.text + done_event(**result, job_->request().wants_logprobs));
  }
  std::string_view opening() const override { return ": the transcript follows\n\n"; }
  Length length() const override { return Length::kWhole; }

 private:
  static Batch end(std::string text) { return {.text = std::move(text), .has_more = false, .is_last = true}; }

  // The end of what was said is enough to join the next text to it.
  std::string continued(const std::vector<Segment>& segments) const {
    const std::string more = whole_text(segments);
    return more.empty() ? text_ : more;
  }

  std::shared_ptr<AudioJob> job_;
  uint64_t next_window_ = 0;
  std::string text_;
};

class JobReply final : public PendingReply {
 public:
  explicit JobReply(std::shared_ptr<AudioJob> job) : job_(std::move(job)) {}

  std::optional<Outcome<Response>> poll(Patience patience) override {
    const auto result = job_->result();
    if (result && !*result) return refuse(result->error());
    if (job_->request().is_stream) {
      const bool begins = result || patience == Patience::kOver || has_text();
      return begins ? std::optional<Outcome<Response>>(stream()) : std::nullopt;
    }
    if (result) return audio_response(job_->request(), **result);
    return patience == Patience::kOver ? std::optional<Outcome<Response>>(late_answer()) : std::nullopt;
  }

 private:
  bool has_text() const {
    const auto view = job_->view();
    return view && view->job.windows_done > 0;
  }

  Response stream() {
    Response response;
    response.headers.add("Content-Type", "text/event-stream");
    response.headers.add("Cache-Control", "no-store");
    response.headers.add("X-Accel-Buffering", "no");  // nginx holds event streams back otherwise
    response.body = std::make_unique<TextStream>(std::move(job_));
    return response;
  }

  Response late_answer() {
    Response response = audio_response(job_->request(), {});  // for the headers
    response.headers.add("X-Accel-Buffering", "no");
    response.body = std::make_unique<LateAnswer>(std::move(job_));
    return response;
  }

  std::shared_ptr<AudioJob> job_;
};

}  // namespace

AudioJob::~AudioJob() {
  if (request_.keeps_job) return;
  if (const auto last = view()) quotas_.settle(last->job);
  const auto removed = jobs_.remove(owner_, id_);
  if (!removed && removed.error().code != ErrorCode::kNotFound)
    log::warning("the job of a request is left", {{"job", id_}, {"reason", removed.error().message}});
}

std::optional<Outcome<Transcript>> AudioJob::result() const {
  const auto now = view();
  if (!now) return refuse(Problem(ErrorCode::kUnavailable, "the job of this request was deleted; send it again"));
  const Job& job = now->job;
  if (job.state == JobState::kFailed) return refuse(audio_problem(*job.error, job.settings.model));
  if (job.state == JobState::kCancelled)
    return refuse(Problem(ErrorCode::kUnavailable, "the job of this request was cancelled; send it again"));
  if (job.state != JobState::kDone) return std::nullopt;
  auto done = transcript();
  if (!done) return refuse(Problem(done.error()));
  return *std::move(done);
}

std::unique_ptr<PendingReply> wait_for(std::shared_ptr<AudioJob> job) {
  return std::make_unique<JobReply>(std::move(job));
}

}  // namespace v2t::http
