// How one session's windows are decoded.
#include "whisper/decode_plan.h"

#include <algorithm>

namespace v2t::whisper {
namespace {

// With hotwords, what was heard without them must stay in the race: taken is what is better in the end.
constexpr int kBeams = 1;
constexpr int kBeamsInDoubt = 5;
constexpr int kBeamsWithHotwords = 4;

Result<void> check(const DecodeOptions& options) {
  const auto& temperatures = options.temperatures;
  const bool has_sense = !temperatures.empty() && std::all_of(temperatures.begin(), temperatures.end(),
                                                              [](float t) { return t >= 0 && t <= 2; });
  if (!has_sense) return fail(ErrorCode::kInvalidArgument, "temperatures: at least one, each from 0 to 2");
  if (options.beam_size && (*options.beam_size < 1 || *options.beam_size > kMaxBeams))
    return fail(ErrorCode::kInvalidArgument, "beam size: from 1 to " + std::to_string(kMaxBeams));
  if (options.best_of < 1 || options.best_of > kMaxBeams)
    return fail(ErrorCode::kInvalidArgument, "best of: from 1 to " + std::to_string(kMaxBeams));
  if (!(options.patience > 0 && options.patience <= 10))
    return fail(ErrorCode::kInvalidArgument, "patience: above 0, at most 10");
  return {};
}

}  // namespace

Result<std::shared_ptr<const DecodePlan>> make_decode_plan(const SpeechModel& model, DecodeOptions options,
                                                           Context context) {
  TRY_VOID(check(options));
  auto plan = std::make_shared<DecodePlan>();
  TRY(plan->prompt, make_prompt(model, options, Timestamps::kWithout));
  TRY(plan->prompt_with_timestamps, make_prompt(model, options, Timestamps::kWith));
  plan->hotwords = Hotwords(model.tokenizer, options.hotwords);
  plan->n_beams = options.beam_size.value_or(plan->hotwords.is_empty() ? kBeams : kBeamsWithHotwords);
  const bool is_greedy = !options.beam_size && plan->hotwords.is_empty();
  plan->n_beams_in_doubt = is_greedy ? kBeamsInDoubt : plan->n_beams;
  for (const auto& language : model.languages) {
    const auto& wanted = options.languages;
    const bool is_expected = language.first == options.language;
    if (!model.is_multilingual || wanted.empty()) break;
    if (!is_expected && std::count(wanted.begin(), wanted.end(), language.first) == 0) continue;
    if (is_expected) plan->expected = plan->languages.size();
    plan->languages.push_back(language);
  }
  if (plan->languages.size() < 2) plan->languages.clear();
  plan->options = std::move(options);
  plan->context = context;
  return plan;
}

}  // namespace v2t::whisper
