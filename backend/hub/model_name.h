// Names of models: "base", "large-v3-turbo" or "owner/name", and the repository on the hub that each stands for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace v2t::hub {

struct KnownModel {
  std::string_view name;
  std::string_view repository;
  uint64_t size_bytes;  // roughly what a download takes
};

// Every known name once, small to large; without the aliases "large" and "turbo".
std::span<const KnownModel> known_models();

struct ModelName {
  std::string name;        // the canonical one: "large-v3" for "large"
  std::string repository;  // "owner/name"; empty for a name that only a local folder can have
};

// Accepts known names, aliases, "owner/name" by the hub's own rules, and other plain names (for local folders).
// Whatever is accepted is safe as one or two path components. kInvalidArgument for everything else.
Result<ModelName> parse_model_name(std::string_view text);

// "tiny, tiny.en, base ...": for messages.
std::string known_model_names();

}  // namespace v2t::hub
