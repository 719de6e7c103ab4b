// How likely it is that a word is right.
#include "whisper/confidence.h"

#include <algorithm>
#include <cmath>

namespace v2t::whisper {
namespace {

constexpr float kIntercept = 0.869F;
constexpr float kLowest = 1.088F;   // for the logit of the least probable token
constexpr float kStretch = 1.989F;  // for the average log-probability

}  // namespace

float chance_of_being_right(float lowest_log_probability, float stretch_log_probability) {
  const float lowest = std::clamp(lowest_log_probability, -15.0F, -1e-3F);
  const float logit = lowest - std::log1p(-std::exp(lowest));
  const float stretch = std::clamp(stretch_log_probability, -5.0F, 0.0F);
  return 1 / (1 + std::exp(-(kIntercept + kLowest * logit + kStretch * stretch)));
}

}  // namespace v2t::whisper
