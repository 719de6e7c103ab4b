// Job states, their names, and ids.
#include "domain/job.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace v2t {
namespace {

struct NamedState {
  JobState state;
  std::string_view name;
};

constexpr std::array kStates{
    NamedState{JobState::kUploading, "uploading"}, NamedState{JobState::kQueued, "queued"},
    NamedState{JobState::kRunning, "running"},     NamedState{JobState::kDone, "done"},
    NamedState{JobState::kFailed, "failed"},       NamedState{JobState::kCancelled, "cancelled"},
};

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kIdLength = 26;  // 130 bits hold 128

}  // namespace

std::string_view job_state_name(JobState state) {
  for (const auto& entry : kStates)
    if (entry.state == state) return entry.name;
  return "failed";
}

std::optional<JobState> job_state_from_name(std::string_view name) {
  for (const auto& entry : kStates)
    if (entry.name == name) return entry.state;
  return std::nullopt;
}

bool is_final(JobState state) {
  return state == JobState::kDone || state == JobState::kFailed || state == JobState::kCancelled;
}

std::string new_id() {
  std::array<unsigned char, kIdLength> random{};
  CHECK(::getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  std::string id;
  for (const unsigned char byte : random) id += kBase32[byte % kBase32.size()];
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == kIdLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return kBase32.find(c) != std::string_view::npos; });
}

}  // namespace v2t
