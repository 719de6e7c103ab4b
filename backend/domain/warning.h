// What a user should know although the text was made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace v2t {

enum class WarningCode {
  kTooLong,       // only the first part of the file was converted
  kEndsEarly,     // the file ends before the end that it states
  kDamagedSound,  // pieces of sound could not be decoded and were left out
  kNoSpeech,      // nobody was heard
};
std::string_view warning_code_name(WarningCode code);  // "too_long", "ends_early" ...: stored and sent
std::optional<WarningCode> warning_code_from_name(std::string_view name);

struct Warning {
  WarningCode code{};
  std::string message;  // an English sentence with the figures

  friend bool operator==(const Warning&, const Warning&) = default;
};

}  // namespace v2t
