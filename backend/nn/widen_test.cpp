// Every half-precision number comes out exactly, on every Highway target.
#include "nn/widen.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "nn/bf16.h"
#include "nn/testing/targets.h"

namespace v2t::nn {
namespace {

class WidenTest : public ::testing::TestWithParam<int64_t> {
 protected:
  testing::OnlyTarget target_{GetParam()};
};

double exact_half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

TEST_P(WidenTest, EveryHalfIsExactAlsoFromUnalignedBytes) {
  std::vector<std::byte> bytes(1 + 2 * 65536);
  for (uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    std::memcpy(bytes.data() + 1 + 2 * i, &bits, 2);
  }
  std::vector<float> out(65536);
  widen_f16(std::span(bytes).subspan(1), out);
  for (uint32_t i = 0; i < 65536; ++i) {
    const double expected = exact_half(static_cast<uint16_t>(i));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(out[i])) << i;
    } else {
      ASSERT_EQ(static_cast<double>(out[i]), expected) << i;
      ASSERT_EQ(std::signbit(out[i]), (i & 0x8000) != 0) << i;
    }
  }
}

TEST_P(WidenTest, OddLengthsOfBfloat16AreWhole) {
  const std::vector<Bf16> values = {to_bf16(1.5f), to_bf16(-3.0f), to_bf16(1e30f)};
  std::vector<float> out(3);
  widen_bf16(std::as_bytes(std::span(values)), out);
  EXPECT_EQ(out, (std::vector<float>{1.5f, -3.0f, to_float(to_bf16(1e30f))}));
}

INSTANTIATE_TEST_SUITE_P(AllTargets, WidenTest, ::testing::ValuesIn(testing::highway_targets()),
                         [](const auto& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace v2t::nn
