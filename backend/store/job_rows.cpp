// Jobs and segments as rows.
#include "store/job_rows.h"

namespace v2t::store {

Job read_job(const Statement& row) {
  Job job;
  job.id = row.text(0);
  job.owner = row.text(1);
  job.name = row.text(2);
  job.media = row.text(3);
  job.media_size_bytes = static_cast<uint64_t>(row.integer(4));
  job.settings = settings_from_json(row.text(5));
  job.state = job_state_from_name(row.text(6)).value_or(JobState::kFailed);
  job.language = row.optional_text(7);
  job.duration = row.optional_integer<Millis>(8);
  job.audio_done = Millis(row.integer(9));
  job.windows_done = static_cast<uint64_t>(row.integer(10));
  if (!row.is_null(11)) job.speed = row.real(11);
  if (!row.is_null(12)) job.error = Error{error_code_from_name(row.text(12)), row.text(13)};
  job.warnings = warnings_from_json(row.text(14));
  job.attempts = static_cast<int>(row.integer(15));
  job.epoch = static_cast<uint64_t>(row.integer(16));
  job.created = from_unix_ms(row.integer(17));
  if (!row.is_null(18)) job.started = from_unix_ms(row.integer(18));
  if (!row.is_null(19)) job.finished = from_unix_ms(row.integer(19));
  job.version = static_cast<uint64_t>(row.integer(20));
  job.source = row.optional_text(21);
  job.languages = languages_of(row.text(22));
  job.failures = static_cast<int>(row.integer(23));
  job.is_transient = row.integer(24) != 0;
  if (!row.is_null(25))
    job.coverage = Coverage{Samples(row.integer(25)), Samples(row.integer(26)), Samples(row.integer(27))};
  return job;
}

Result<std::vector<Job>> read_jobs(Statement& query) {
  std::vector<Job> jobs;
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return jobs;
    jobs.push_back(read_job(query));
  }
}

Result<Segment> read_segment(const Statement& row) {
  Segment segment;
  segment.window = static_cast<uint64_t>(row.integer(0));
  segment.start = Millis(row.integer(1));
  segment.end = Millis(row.integer(2));
  segment.text = row.text(3);
  segment.avg_logprob = static_cast<float>(row.real(4));
  segment.no_speech_prob = static_cast<float>(row.real(5));
  segment.compression_ratio = static_cast<float>(row.real(6));
  segment.temperature = static_cast<float>(row.real(7));
  TRY(segment.tokens, tokens_from_json(row.text(8)));
  TRY(segment.words, words_from_json(row.text(9)));
  segment.language = row.text(10);
  segment.kind = segment_kind_from_name(row.text(11)).value_or(SegmentKind::kSpeech);
  if (!row.is_null(12)) {
    TRY(segment.token_scores, scores_from_json(row.text(12)));
  }
  return segment;
}

}  // namespace v2t::store
