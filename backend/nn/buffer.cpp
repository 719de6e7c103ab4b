// Huge-page blocks by anonymous maps; small blocks from the allocator.
#include "nn/buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/huge_map.h"

namespace v2t::nn {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kMapFrom = size_t{1} << 20;
constexpr size_t kLargest = size_t{1} << 46;  // beyond any machine: a wrong size, not a wish

size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

size_t mapped_size(size_t size_bytes) { return round_up(size_bytes, kHugePage); }

}  // namespace

Memory::Memory(size_t size_bytes) : size_bytes_(size_bytes) {
  CHECK(size_bytes < kLargest);
  if (size_bytes == 0) return;
  if (size_bytes >= kMapFrom) {
    void* const map = map_aligned(-1, mapped_size(size_bytes));
    CHECK(map != MAP_FAILED);
    data_ = static_cast<std::byte*>(map);
    return;
  }
  const size_t rounded = round_up(size_bytes, kCacheLine);
  data_ = static_cast<std::byte*>(std::aligned_alloc(kCacheLine, rounded));
  CHECK(data_ != nullptr);
  std::memset(data_, 0, rounded);
}

Memory::~Memory() {
  if (data_ == nullptr) return;
  if (size_bytes_ >= kMapFrom) {
    munmap(data_, mapped_size(size_bytes_));
  } else {
    std::free(data_);
  }
}

std::byte* Arena::allocate_bytes(size_t size_bytes) {
  const size_t rounded = round_up(std::max<size_t>(size_bytes, 1), kCacheLine);
  if (blocks_.empty() || blocks_.back().bytes.size() - blocks_.back().n_used < rounded) {
    Memory memory(std::max(rounded, block_bytes_));
    const std::span<std::byte> bytes(memory.data(), memory.size_bytes());
    blocks_.push_back({std::move(memory), bytes, 0});
  }
  Block& block = blocks_.back();
  std::byte* piece = block.bytes.data() + block.n_used;
  block.n_used += rounded;
  size_bytes_ += rounded;
  return piece;
}

std::vector<std::span<const std::byte>> Arena::content() const {
  std::vector<std::span<const std::byte>> parts;
  for (const Block& block : blocks_) parts.emplace_back(block.bytes.first(block.n_used));
  return parts;
}

}  // namespace v2t::nn
