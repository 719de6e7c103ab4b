// Tests of the names of warnings, which are stored and sent.
#include "domain/warning.h"

#include <gtest/gtest.h>

namespace v2t {
namespace {

TEST(Warnings, NamesLeadBackToTheirCodes) {
  EXPECT_EQ(warning_code_from_name(warning_code_name(WarningCode::kTooLong)), WarningCode::kTooLong);
  EXPECT_EQ(warning_code_from_name(warning_code_name(WarningCode::kEndsEarly)), WarningCode::kEndsEarly);
  EXPECT_EQ(warning_code_from_name(warning_code_name(WarningCode::kDamagedSound)), WarningCode::kDamagedSound);
  EXPECT_EQ(warning_code_from_name(warning_code_name(WarningCode::kNoSpeech)), WarningCode::kNoSpeech);
}

TEST(Warnings, AnUnknownNameIsNone) { EXPECT_EQ(warning_code_from_name("ends_late"), std::nullopt); }

}  // namespace
}  // namespace v2t
