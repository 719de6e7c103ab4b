// Stored events are small (type, window); here they become the data that clients get.
#include "app/http/event_stream.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "app/http/event_frame.h"
#include "app/http/job_json.h"
#include "app/services/transcript_json.h"
#include "base/log.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

// About 64 windows of 30 s: half an hour of speech, some 200 KB.
constexpr size_t kBatchEvents = 64;

json::object progress_json(const Job& job) {
  json::object object{{"audio_done_ms", job.audio_done.count()}, {"duration_ms", nullptr}, {"speed", nullptr}};
  if (job.duration) object["duration_ms"] = job.duration->count();
  if (job.speed && std::isfinite(*job.speed)) object["speed"] = *job.speed;
  return object;
}

std::optional<uint64_t> window_of(const JobEvent& event) {
  if (event.type != "segments") return std::nullopt;
  boost::system::error_code error;
  const auto data = json::parse(event.data, error);
  if (error || !data.is_object()) return std::nullopt;
  const auto* window = data.as_object().if_contains("window");
  if (window == nullptr || !window->is_number()) return std::nullopt;
  return window->to_number<uint64_t>(error);
}

class JobEvents final : public EventSource {
 public:
  JobEvents(Jobs& jobs, const ActivityBoard& activities, EventCursor cursor)
      : jobs_(jobs), activities_(activities), cursor_(std::move(cursor)) {}

  Batch next() override {
    auto events = jobs_.events_after(cursor_.owner, cursor_.job, cursor_.after, kBatchEvents);
    if (!events) return broken(events.error());
    Batch batch;
    batch.has_more = events->size() == kBatchEvents;
    if (!events->empty() && events->back().type == "deleted") return deleted(events->back());
    if (is_first_ || is_queued_ || !events->empty()) {
      auto view = jobs_.find(cursor_.owner, cursor_.job);
      if (!view) return broken(view.error());
      const auto told = tell(*events, *view, batch);
      if (!told) return broken(told.error());
    }
    if (!batch.is_last) tell_activity(batch);
    return batch;
  }

 private:
  // The job's end: the client asks again, and gets its answer as a status.
  Batch broken(const Error& error) const {
    if (error.code != ErrorCode::kNotFound)
      log::error("an event stream ends", {{"job", cursor_.job}, {"error", error.message}});
    return {.text = "", .has_more = false, .is_last = true};
  }

  Batch deleted(const JobEvent& event) const {
    const std::string data = json::serialize(json::object{{"id", cursor_.job}});
    return {.text = event_frame(event.sequence, "deleted", data), .has_more = false, .is_last = true};
  }

  Result<void> tell(const std::vector<JobEvent>& events, const JobView& view, Batch& batch) {
    TRY(const auto segments, segments_of(events));
    const JobEvent* last_state = nullptr;
    const JobEvent* last_edit = nullptr;
    for (const auto& event : events)
      if (event.type == "edited") last_edit = &event;
    for (const auto& event : events) {
      if (event.type == "state") last_state = &event;
      if (&event == last_edit) batch.text += event_frame(event.sequence, "edited", event.data);
      if (const auto window = window_of(event))
        batch.text += event_frame(event.sequence, "segments", segments_data(*window, segments, view.job));
    }
    if (!events.empty()) cursor_.after = events.back().sequence;
    if (batch.has_more) return {};
    tell_present(events, last_state, view, batch);
    return {};
  }

  // After the backlog: how things stand. Its id is that of the last event, which it stands for.
  void tell_present(const std::vector<JobEvent>& events, const JobEvent* last_state, const JobView& view,
                    Batch& batch) {
    if (!events.empty() && events.back().type == "progress")
      batch.text += event_frame(cursor_.after, "progress", json::serialize(progress_json(view.job)));
    const bool is_over = is_final(view.job.state);
    const bool has_moved = view.queue_position != queue_position_ && !is_first_;
    if (last_state != nullptr || skipped_state_ || is_over)
      batch.text += event_frame(cursor_.after, "state", json::serialize(job_json(view)));
    else if (has_moved)
      batch.text += event_frame(std::nullopt, "state", json::serialize(job_json(view)));
    batch.is_last = is_over;
    is_first_ = false;
    skipped_state_ = false;
    is_queued_ = view.job.state == JobState::kQueued;
    queue_position_ = view.queue_position;
  }

  Result<std::vector<Segment>> segments_of(const std::vector<JobEvent>& events) {
    std::optional<uint64_t> first;
    for (const auto& event : events) {
      if (event.type == "state") skipped_state_ = true;
      if (const auto window = window_of(event)) first = std::min(first.value_or(*window), *window);
    }
    if (!first) return std::vector<Segment>();
    return jobs_.segments(cursor_.owner, cursor_.job, *first);
  }

  static std::string segments_data(uint64_t window, const std::vector<Segment>& all, const Job& job) {
    std::vector<Segment> segments;
    std::copy_if(all.begin(), all.end(), std::back_inserter(segments),
                 [&](const Segment& segment) { return segment.window == window; });
    json::object object = progress_json(job);
    object["window"] = window;
    object["segments"] = segments_json(segments);
    return json::serialize(object);
  }

  void tell_activity(Batch& batch) {
    const auto activity = activities_.find(cursor_.job);
    if (activity == activity_) return;
    activity_ = activity;
    batch.text += event_frame(std::nullopt, "activity", json::serialize(activity_json(activity)));
  }

  Jobs& jobs_;
  const ActivityBoard& activities_;
  EventCursor cursor_;
  bool is_first_ = true;
  bool is_queued_ = false;
  bool skipped_state_ = false;  // a state event of the backlog was left out so far
  std::optional<uint64_t> queue_position_;
  std::optional<Activity> activity_;
};

}  // namespace

Outcome<std::unique_ptr<EventSource>> open_events(Jobs& jobs, const ActivityBoard& activities, EventCursor cursor) {
  ATTEMPT_VOID(jobs.events_after(cursor.owner, cursor.job, cursor.after, 1));
  return std::make_unique<JobEvents>(jobs, activities, std::move(cursor));
}

}  // namespace v2t::http
