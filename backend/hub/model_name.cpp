// Names of models and their repositories on the hub.
#include "hub/model_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace v2t::hub {
namespace {

constexpr uint64_t kMega = 1'000'000;
constexpr size_t kLongestNamePart = 96;  // the hub's own limit

constexpr std::array kKnown{
    KnownModel{"tiny", "Systran/faster-whisper-tiny", 78 * kMega},
    KnownModel{"tiny.en", "Systran/faster-whisper-tiny.en", 78 * kMega},
    KnownModel{"base", "Systran/faster-whisper-base", 148 * kMega},
    KnownModel{"base.en", "Systran/faster-whisper-base.en", 148 * kMega},
    KnownModel{"distil-small.en", "Systran/faster-distil-whisper-small.en", 336 * kMega},
    KnownModel{"small", "Systran/faster-whisper-small", 486 * kMega},
    KnownModel{"small.en", "Systran/faster-whisper-small.en", 486 * kMega},
    KnownModel{"distil-medium.en", "Systran/faster-distil-whisper-medium.en", 792 * kMega},
    KnownModel{"distil-large-v2", "Systran/faster-distil-whisper-large-v2", 1516 * kMega},
    KnownModel{"distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1516 * kMega},
    KnownModel{"distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1516 * kMega},
    KnownModel{"medium", "Systran/faster-whisper-medium", 1531 * kMega},
    KnownModel{"medium.en", "Systran/faster-whisper-medium.en", 1531 * kMega},
    KnownModel{"large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1621 * kMega},
    KnownModel{"large-v1", "Systran/faster-whisper-large-v1", 3090 * kMega},
    KnownModel{"large-v2", "Systran/faster-whisper-large-v2", 3090 * kMega},
    KnownModel{"large-v3", "Systran/faster-whisper-large-v3", 3091 * kMega},
};

std::string_view without_alias(std::string_view name) {
  if (name == "large") return "large-v3";
  if (name == "turbo") return "large-v3-turbo";
  return name;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// The hub's rule for owners and names, which also keeps models--owner--name unambiguous and inside its folder.
bool is_name_part(std::string_view part) {
  return !part.empty() && part.size() <= kLongestNamePart && is_word(part.front()) && is_word(part.back()) &&
         std::ranges::all_of(part, [](char c) { return is_word(c) || c == '-' || c == '.'; }) &&
         part.find("--") == std::string_view::npos && part.find("..") == std::string_view::npos &&
         !part.ends_with(".git");
}

}  // namespace

std::span<const KnownModel> known_models() { return kKnown; }

std::string known_model_names() {
  std::string names;
  for (const KnownModel& model : kKnown) names += (names.empty() ? "" : ", ") + std::string(model.name);
  return names;
}

Result<ModelName> parse_model_name(std::string_view text) {
  const std::string_view name = without_alias(text);
  const auto* known = std::ranges::find(kKnown, name, &KnownModel::name);
  if (known != kKnown.end()) return ModelName{std::string(name), std::string(known->repository)};
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos && is_name_part(name)) return ModelName{std::string(name), ""};
  if (slash != std::string_view::npos && is_name_part(name.substr(0, slash)) && is_name_part(name.substr(slash + 1)))
    return ModelName{std::string(name), std::string(name)};
  return fail(ErrorCode::kInvalidArgument, "\"" + to_valid_utf8(text.substr(0, 200)) +
                                               "\" is not the name of a model; use one of " + known_model_names() +
                                               ", or owner/name of a repository on the Hugging Face Hub");
}

}  // namespace v2t::hub
