// A job: one media file on its way to a transcript, and the events that tell its story.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/transcript.h"

namespace v2t {

using JobId = std::string;    // 26 characters of [a-z0-9], made by new_id(), 128 random bits
using OwnerId = std::string;  // the same; an anonymous browser session or an API key
using BlobId = std::string;   // the same
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

enum class JobState {
  kUploading,  // waits for its media to be complete
  kQueued,
  kRunning,
  kDone,
  kFailed,
  kCancelled,
};
std::string_view job_state_name(JobState state);  // "uploading", "queued" ...: stored and sent
std::optional<JobState> job_state_from_name(std::string_view name);
// Done, failed or cancelled: nothing will change any more, except by deletion.
bool is_final(JobState state);

// Fixed before the first window; a transcript is a function of media, model and settings.
struct JobSettings {
  std::string model = "base";
  std::optional<std::string> language;  // absent: detect
  Task task = Task::kTranscribe;
  std::string initial_prompt;
  std::optional<int> audio_track;
  bool word_timestamps = true;
  std::vector<std::string> languages;  // to detect among; empty: all of the model
  std::vector<std::string> hotwords;   // terms to expect: names, jargon
  std::optional<int> beam_size;        // 1 to 10; absent: as the engine finds best
  float temperature = 0;               // above 0: the only one that is tried
  bool token_scores = false;           // keep Segment::token_scores

  friend bool operator==(const JobSettings&, const JobSettings&) = default;
};

struct Job {
  JobId id;
  OwnerId owner;
  std::string name;  // the user's file name, UTF-8, text only: never a path
  BlobId media;
  bool is_transient = false;  // of a request that waits for its answer: not listed, removed with it or at a start
  uint64_t media_size_bytes = 0;
  JobSettings settings;
  JobState state = JobState::kUploading;
  std::optional<std::string> language;  // settled before the first window
  std::optional<Millis> duration;       // as the container states; what was read, once done
  Millis audio_done{};                  // media time covered by saved windows
  uint64_t windows_done = 0;            // the next window to decode has this number
  std::optional<double> speed;          // seconds of audio per second, of the running attempt
  std::optional<Error> error;           // of a failed job
  std::vector<Warning> warnings;
  int attempts = 0;
  int failures = 0;    // attempts in a row that failed without saving a window
  uint64_t epoch = 0;  // grows with every claim: fences off a worker that lost its lease
  WallTime created{};
  std::optional<WallTime> started;
  std::optional<WallTime> finished;
  uint64_t version = 0;                // of its text: 0 as recognised, one more with every edit
  std::optional<JobId> source;         // the job of the same media that this one was made again from
  std::vector<std::string> languages;  // heard so far, by their share of the time, the most spoken first
  std::optional<Coverage> coverage;    // of the saved windows; absent in jobs of older versions
};

// What happened to a job, replayable in order. Sequence numbers are unique in a store and grow.
struct JobEvent {
  uint64_t sequence = 0;
  JobId job;
  std::string type;  // "state", "segments", "progress", "edited", "deleted"
  std::string data;  // JSON, as JobStore::events_after says
};

// 128 random bits as 26 characters of [a-z2-7] (RFC 4648 base32, lower case).
std::string new_id();
// Whether the text has the form of an id: everything else is refused before it reaches a store.
bool is_id(std::string_view text);

}  // namespace v2t
