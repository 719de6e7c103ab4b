// How jobs and segments are written into columns and read back, exactly.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"
#include "store/json_columns.h"
#include "store/sqlite.h"

namespace v2t::store {

inline int64_t to_unix_ms(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime from_unix_ms(int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

// The columns that read_job() expects, in its order.
inline const std::string kJobColumns =
    "id, owner, name, media, media_size_bytes, settings, state, language, duration_ms, audio_done_ms, windows_done,"
    " speed, error_code, error_message, warnings, attempts, epoch, created, started, finished, version, source, heard,"
    " failures, is_transient, speech, covered, unintelligible";
Job read_job(const Statement& row);
// All rows of a query with these columns.
Result<std::vector<Job>> read_jobs(Statement& query);

// The columns that read_segment() expects, in its order.
inline const std::string kSegmentColumns =
    "window, start_ms, end_ms, text, avg_logprob, no_speech_prob, compression_ratio, temperature, tokens, words,"
    " language, kind, token_scores";
Result<Segment> read_segment(const Statement& row);

}  // namespace v2t::store
