// The events of one job as a stream: stored events after a given one, then what is new whenever it is asked.
#pragma once

#include <memory>

#include "app/http/message.h"
#include "app/services/jobs.h"

namespace v2t::http {

struct EventCursor {
  OwnerId owner;
  JobId job;
  uint64_t after = 0;
};

// `state` and `progress` tell what is true now, so of a backlog only the last ones are sent; segments are all sent.
// Errors: kNotFound.
Outcome<std::unique_ptr<EventSource>> open_events(Jobs& jobs, const ActivityBoard& activities, EventCursor cursor);

}  // namespace v2t::http
