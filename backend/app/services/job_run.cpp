// One attempt at one job.
#include "app/services/job_run.h"

#include <algorithm>
#include <exception>
#include <new>
#include <random>

#include "app/services/peaks_source.h"
#include "app/services/transcription.h"
#include "base/log.h"

namespace v2t {
namespace {

// Troubles of a store that somebody will mend: no space, held by another program, wrong permissions.
bool may_pass(ErrorCode code) {
  return code == ErrorCode::kDiskFull || code == ErrorCode::kUnavailable || code == ErrorCode::kForbidden;
}

// A decoding process that somebody killed, a service that may answer again. A file that crashes its decoder is not
// tried again: it would crash it again.
bool may_pass_by_itself(ErrorCode code) { return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout; }

// 1 s, 2 s, 4 s ..., each up to half as long again, so that jobs that failed together do not come back together.
std::chrono::milliseconds backoff(int failures) {
  const std::chrono::milliseconds base = std::chrono::seconds(1) * (1 << std::clamp(failures, 0, 6));
  std::random_device random;
  return base + base * static_cast<int>(random() % 500) / 1000;
}

}  // namespace

void JobRun::drop() {
  is_lost_ = true;
  stop_.request_stop();
}

void JobRun::yield() {
  is_yielding_ = true;
  stop_.request_stop();
}

JobRun::Ending JobRun::run(std::stop_token stop) {
  const std::stop_callback pass_on(stop, [this] { stop_.request_stop(); });
  Result<void> result;
  try {
    result = transcribe_all(stop_.get_token());
  } catch (const std::bad_alloc&) {
    result = fail(ErrorCode::kInternal, "not enough memory for this job; try a smaller model");
  } catch (const std::exception& exception) {
    result = fail(ErrorCode::kInternal, std::string("an unexpected error: ") + exception.what());
  }
  const Ending ending = result ? Ending::kEnded : end(result.error(), stop);
  parts_.activities.clear(claim_.job.id);
  parts_.doorbell.ring();
  return ending;
}

JobRun::Ending JobRun::end(const Error& error, std::stop_token stop) {
  if (is_lost_) return Ending::kLost;
  if (is_store_broken_) {
    log::error("cannot save the job, it will be tried again", {{"job", claim_.job.id}, {"reason", error.message}});
    return Ending::kStuck;
  }
  if (stop.stop_requested() || is_yielding_) return give_back();
  if (may_pass_by_itself(error.code)) return try_later(error);
  log::warning("job failed",
               {{"job", claim_.job.id}, {"code", std::string(error_code_name(error.code))}, {"reason", error.message}});
  const auto failed = saved(parts_.jobs.fail_job(claim_, error));
  if (failed) parts_.counts->add_failed(error.code);
  if (failed) return Ending::kEnded;
  if (is_lost_) return Ending::kLost;
  log::error("cannot save why the job failed", {{"job", claim_.job.id}, {"reason", failed.error().message}});
  return Ending::kStuck;
}

JobRun::Ending JobRun::try_later(const Error& error) {
  const auto delay = backoff(claim_.job.failures);
  log::warning("job is tried again later", {{"job", claim_.job.id},
                                            {"failures", std::to_string(claim_.job.failures + 1)},
                                            {"ms", std::to_string(delay.count())},
                                            {"reason", error.message}});
  const auto kept = parts_.jobs.retry_later(claim_, error, delay);
  if (kept) return Ending::kReleased;
  return kept.error().code == ErrorCode::kConflict ? Ending::kLost : Ending::kStuck;
}

JobRun::Ending JobRun::give_back() {
  const auto released = parts_.jobs.release(claim_);
  if (released) return Ending::kReleased;
  return released.error().code == ErrorCode::kConflict ? Ending::kLost : Ending::kStuck;
}

Result<void> JobRun::saved(Result<void> result) {
  if (result) {
    parts_.doorbell.ring();
  } else if (result.error().code == ErrorCode::kConflict) {
    is_lost_ = true;
  } else if (may_pass(result.error().code)) {
    is_store_broken_ = true;
  }  // all else fails the job: trying again would end the same way, for ever
  return result;
}

Result<void> JobRun::transcribe_all(std::stop_token stop) {
  const Job& job = claim_.job;
  show({Activity::Phase::kOpeningMedia, 0, 0});
  // Media that cannot be read fail here, before a model is downloaded for them.
  TRY(auto audio, open_audio(stop));
  if (const auto stated = audio->duration())
    TRY_VOID(saved(parts_.jobs.report(claim_, {job.audio_done, to_millis(*stated), std::nullopt})));
  auto engine = engines_.find_loaded(job.settings.model);
  if (!engine) {
    audio.reset();  // no decoder waits for a model that is on its way
    TRY(engine, engines_.get(job.settings.model, [this](const Activity& now) { show(now); }, stop));
    TRY(audio, open_audio(stop));
  }
  show({Activity::Phase::kTranscribing, 0, 0});
  PeaksSource heard_audio(*audio, parts_.clock, [this](const Peaks& peaks) { save_peaks(peaks); });
  const auto windows = parts_.make_windows(heard_audio, {job.windows_done, job.audio_done});
  DecodeOptions options;
  options.language = job.settings.language.value_or("");
  options.languages = job.settings.languages;
  options.task = job.settings.task;
  options.initial_prompt = job.settings.initial_prompt;
  options.word_timestamps = job.settings.word_timestamps;
  options.hotwords = job.settings.hotwords;
  options.beam_size = job.settings.beam_size;
  options.turn = job.owner;
  options.token_scores = job.settings.token_scores;
  if (job.settings.temperature > 0) options.temperatures = {job.settings.temperature};
  const TranscriptionSink sink{
      [this](const std::string& language) { return saved(parts_.jobs.set_language(claim_, language)); },
      [this](const WindowResult& window, Samples covered) { return save_window(window, covered); }};
  begin_ = measured_since_ = parts_.clock.steady();
  audio_counted_ = measured_from_ = job.audio_done;
  is_catching_up_ = job.windows_done > 0;
  TRY(const Samples heard, transcribe({*windows, *engine, options, job.language}, sink, stop));
  return finish(heard, audio->warnings());
}

Result<std::unique_ptr<AudioSource>> JobRun::open_audio(std::stop_token stop) const {
  const Job& job = claim_.job;
  auto file = parts_.blobs.open(job.owner, job.media);
  if (!file && file.error().code == ErrorCode::kNotFound)
    return fail(ErrorCode::kNotFound, "the file of this job was deleted; upload it again");
  if (!file) return tl::unexpected(std::move(file).error());
  return parts_.media.open_audio(*std::move(file), {job.name, job.settings.audio_track}, std::move(stop));
}

Result<void> JobRun::save_window(const WindowResult& window, Samples covered) {
  const Millis audio_done = to_millis(covered);
  if (is_catching_up_) {  // the time until now went into hearing again what was done
    is_catching_up_ = false;
    measured_since_ = parts_.clock.steady();
    measured_from_ = audio_done;
  }
  has_new_text_ = has_new_text_ || !window.segments.empty();
  TRY_VOID(saved(parts_.jobs.append_segments(claim_, window.window, window.segments,
                                             {audio_done, std::nullopt, speed(audio_done), window.coverage})));
  parts_.counts->add_window(audio_done - audio_counted_);
  audio_counted_ = audio_done;
  return {};
}

// For looks alone: a waveform that cannot be saved fails nothing. A resumed job hears its media from the start again.
void JobRun::save_peaks(const Peaks& peaks) {
  if (!peaks.is_complete) {
    const auto earlier = parts_.jobs.peaks(claim_.job.owner, claim_.job.id);
    if (earlier && earlier->is_complete) return;
  }
  const auto result = parts_.jobs.save_peaks(claim_, peaks);
  if (!result && result.error().code != ErrorCode::kConflict)
    log::warning("cannot save the waveform", {{"job", claim_.job.id}, {"reason", result.error().message}});
}

std::optional<double> JobRun::speed(Millis audio_done) const {
  const auto elapsed = parts_.clock.steady() - measured_since_;
  const Millis audio = audio_done - measured_from_;
  if (elapsed.count() <= 0 || audio.count() <= 0) return std::nullopt;
  return static_cast<double>(audio.count()) / static_cast<double>(elapsed.count());
}

Result<bool> JobRun::has_text() {
  if (has_new_text_) return true;
  TRY(const auto segments, parts_.jobs.segments(claim_.job.owner, claim_.job.id, 0));
  return !segments.empty();
}

Result<void> JobRun::finish(Samples heard, std::vector<Warning> warnings) {
  const auto text = has_text();
  if (text && !*text) warnings.push_back({WarningCode::kNoSpeech, "no speech was found in this file"});
  TRY_VOID(saved(parts_.jobs.finish(claim_, to_millis(heard), warnings)));
  parts_.counts->add_done(parts_.clock.steady() - begin_);
  return {};
}

}  // namespace v2t
