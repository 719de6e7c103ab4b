// Names of what a transcript holds.
#include "domain/transcript.h"

namespace v2t {

std::string_view segment_kind_name(SegmentKind kind) {
  return kind == SegmentKind::kUnintelligible ? "unintelligible" : "speech";
}

std::optional<SegmentKind> segment_kind_from_name(std::string_view name) {
  if (name == "speech") return SegmentKind::kSpeech;
  if (name == "unintelligible") return SegmentKind::kUnintelligible;
  return std::nullopt;
}

}  // namespace v2t
