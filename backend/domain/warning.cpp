// Names of warnings.
#include "domain/warning.h"

#include <array>
#include <utility>

namespace v2t {
namespace {

constexpr std::array kNames{std::pair(WarningCode::kTooLong, std::string_view("too_long")),
                            std::pair(WarningCode::kEndsEarly, std::string_view("ends_early")),
                            std::pair(WarningCode::kDamagedSound, std::string_view("damaged_sound")),
                            std::pair(WarningCode::kNoSpeech, std::string_view("no_speech"))};

}  // namespace

std::string_view warning_code_name(WarningCode code) {
  for (const auto& [known, name] : kNames)
    if (known == code) return name;
  return kNames.front().second;
}

std::optional<WarningCode> warning_code_from_name(std::string_view name) {
  for (const auto& [code, known] : kNames)
    if (known == name) return code;
  return std::nullopt;
}

}  // namespace v2t
