// Tests of libraries that are loaded late.
#include "base/late_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace v2t {
namespace {

using ::testing::HasSubstr;

TEST(LateLibrary, FindsAFunctionInOneOfItsFiles) {
  const auto library = LateLibrary::load(std::array{"libc.so.6", "libm.so.6"}).value();
  double (*cosine)(double) = nullptr;
  ASSERT_TRUE(library.find("cos", cosine));
  EXPECT_EQ(cosine(0), 1);
}

TEST(LateLibrary, NamesTheFileThatIsMissing) {
  const auto library = LateLibrary::load(std::array{"libnothing.so.1"});
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(library.error().message, HasSubstr("libnothing.so.1"));
}

TEST(LateLibrary, NamesTheFunctionThatIsMissing) {
  void (*function)() = nullptr;
  const auto found = LateLibrary::load(std::array{"libc.so.6"}).value().find("fly", function);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("fly"));
  EXPECT_EQ(function, nullptr);
}

}  // namespace
}  // namespace v2t
