// A request to /v1/audio that waits for its job.
#pragma once

#include <memory>
#include <string>

#include "app/http/audio_request.h"
#include "app/http/message.h"
#include "app/services/jobs.h"
#include "app/services/quotas.h"

namespace v2t::http {

// The job of one request; destroyed, it is cancelled and leaves nothing, unless it is to be kept.
class AudioJob {
 public:
  struct Parts {
    Jobs& jobs;
    Quotas& quotas;
  };
  AudioJob(Parts parts, OwnerId owner, JobId id, AudioRequest request)
      : jobs_(parts.jobs),
        quotas_(parts.quotas),
        owner_(std::move(owner)),
        id_(std::move(id)),
        request_(std::move(request)) {}
  AudioJob(const AudioJob&) = delete;
  AudioJob& operator=(const AudioJob&) = delete;
  ~AudioJob();

  const AudioRequest& request() const { return request_; }
  Result<JobView> view() const { return jobs_.find(owner_, id_); }
  Result<Transcript> transcript() const { return jobs_.transcript(owner_, id_); }
  Result<std::vector<Segment>> segments(uint64_t first_window) const {
    return jobs_.segments(owner_, id_, first_window);
  }
  // Nothing while the job is under way; then the transcript, or why there is none.
  std::optional<Outcome<Transcript>> result() const;

 private:
  Jobs& jobs_;
  Quotas& quotas_;
  OwnerId owner_;
  JobId id_;
  AudioRequest request_;
};

// Waits for the job: an answer with its own status where that is soon, else a beginning that goes on until the end.
// Beginnings: events (stream), blanks before the JSON, empty lines before subtitles and text.
std::unique_ptr<PendingReply> wait_for(std::shared_ptr<AudioJob> job);

}  // namespace v2t::http
