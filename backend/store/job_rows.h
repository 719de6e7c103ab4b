// How jobs and segments are written into columns and read back, exactly.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/job.h"
#include "store/sqlite.h"

namespace v2t::store {

inline int64_t to_unix_ms(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime from_unix_ms(int64_t ms) { return WallTime(std::chrono::milliseconds(ms)); }

// The columns that read_job() expects, in its order.
inline const std::string kJobColumns =
    "id, owner, name, media, media_size_bytes, settings, state, language, duration_ms, audio_done_ms, windows_done,"
    " speed, error_code, error_message, warnings, attempts, epoch, created, started, finished, version, source, heard,"
    " failures, is_transient";
Job read_job(const Statement& row);

// The columns that read_segment() expects, in its order.
inline const std::string kSegmentColumns =
    "window, start_ms, end_ms, text, avg_logprob, no_speech_prob, compression_ratio, temperature, tokens, words,"
    " language, kind, token_scores";
Result<Segment> read_segment(const Statement& row);

std::string settings_to_json(const JobSettings& settings);
std::string strings_to_json(const std::vector<std::string>& strings);
std::string tokens_to_json(const std::vector<int>& tokens);
// nullopt for none: most segments have none.
std::optional<std::string> scores_to_json(const std::vector<TokenScore>& scores);
std::string words_to_json(const std::vector<Word>& words);
Result<std::vector<Word>> words_from_json(const std::string& text);

// Milliseconds by language, with one more segment.
std::string heard_with(const std::string& heard, const std::string& language, Millis length);
// The most spoken first.
std::vector<std::string> languages_of(const std::string& heard);

}  // namespace v2t::store
