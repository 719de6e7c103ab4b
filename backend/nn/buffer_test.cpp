// Buffers are zeroed and aligned; arenas hand out separate pieces.
#include "nn/buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace v2t::nn {
namespace {

TEST(Buffer, IsZeroedAndAlignedSmallAndLarge) {
  for (const size_t size : {size_t{1}, size_t{1000}, size_t{3} << 20}) {
    const Buffer<uint8_t> buffer(size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
    EXPECT_TRUE(std::all_of(buffer.data(), buffer.data() + size, [](uint8_t byte) { return byte == 0; }));
  }
}

TEST(Buffer, MovesWithoutCopying) {
  Buffer<int> first(10);
  const int* place = first.data();
  Buffer<int> second = std::move(first);
  EXPECT_EQ(second.data(), place);
  EXPECT_EQ(second.size(), 10u);
}

TEST(Buffer, KeepsItsPlaceWhenItIsLargeEnough) {
  Buffer<int> buffer(100);
  const int* place = buffer.data();
  buffer.reserve_discarding(50);
  EXPECT_EQ(buffer.data(), place);
  buffer.reserve_discarding(101);
  EXPECT_EQ(buffer.size(), 101u);
}

TEST(Arena, GivesSeparateAlignedPiecesAcrossBlocks) {
  Arena arena(4096);
  const std::span<float> a = arena.allocate<float>(100);
  const std::span<float> b = arena.allocate<float>(2000);
  const std::span<float> c = arena.allocate<float>(1);
  std::ranges::fill(a, 1.0f);
  std::ranges::fill(b, 2.0f);
  c[0] = 3.0f;
  EXPECT_EQ(a[99], 1.0f);
  EXPECT_EQ(b[1999], 2.0f);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(b.data()) % 64, 0u);
  EXPECT_GE(arena.size_bytes(), 2101 * sizeof(float));
}

TEST(Arena, OverTheContentOfAnotherHandsOutTheSamePieces) {
  Arena arena(4096);
  for (int i = 0; i < 100; ++i) std::ranges::fill(arena.allocate<int>(static_cast<size_t>(1 + i * 7 % 40)), i);
  const Buffer<std::byte> copy(arena.size_bytes());
  std::byte* end = copy.data();
  for (const auto part : arena.content()) end = std::ranges::copy(part, end).out;
  EXPECT_EQ(end, copy.data() + copy.size());

  Arena again(std::span(copy.data(), copy.size()));
  for (int i = 0; i < 100; ++i)
    for (const int value : again.allocate<int>(static_cast<size_t>(1 + i * 7 % 40))) ASSERT_EQ(value, i);
  EXPECT_EQ(again.size_bytes(), copy.size());
}

TEST(Arena, BeyondGivenMemoryHandsOutItsOwn) {
  const Buffer<std::byte> given(256);
  Arena arena(std::span(given.data(), given.size()));
  EXPECT_EQ(arena.allocate<std::byte>(200).data(), given.data());
  std::ranges::fill(arena.allocate<std::byte>(100), std::byte{1});
  EXPECT_EQ(arena.size_bytes(), 256u + 128u);
}

}  // namespace
}  // namespace v2t::nn
