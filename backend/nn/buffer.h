// Memory for weights and activations: zeroed, aligned to a cache line, large blocks on huge pages.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

namespace v2t::nn {

// Owns a block of zeroed bytes. From 1 MiB on it is its own mapping, aligned to 2 MiB, on huge pages where
// the system gives them on request (measured: twice the bandwidth of 4 KiB pages). Aborts when memory is exhausted.
class Memory {
 public:
  Memory() = default;
  explicit Memory(size_t size_bytes);
  Memory(Memory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
  }
  ~Memory();

  std::byte* data() const { return data_; }
  size_t size_bytes() const { return size_bytes_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_bytes_ = 0;
};

// An array of trivial values in such memory. Shallow const: it stands for the elements, as a span does.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size) : memory_(size * sizeof(T)), size_(size) {}
  Buffer(Buffer&&) noexcept = default;
  Buffer& operator=(Buffer&&) noexcept = default;

  T* data() const { return reinterpret_cast<T*>(memory_.data()); }
  size_t size() const { return size_; }
  T& operator[](size_t index) const { return data()[index]; }
  // Makes room for at least this many elements; the content is lost where it has to grow.
  void reserve_discarding(size_t size) {
    if (size > size_) *this = Buffer(size);
  }

 private:
  Memory memory_;
  size_t size_ = 0;
};

// Hands out pieces, each aligned to a cache line, of few large blocks: many small weights share huge pages.
// Pieces live as long as the arena. Not thread-safe.
class Arena {
 public:
  explicit Arena(size_t block_bytes = size_t{16} << 20) : block_bytes_(block_bytes) {}  // of zeroed memory
  // Hands out this memory first, as it is: aligned to a cache line, not owned. Beyond it, zeroed blocks.
  explicit Arena(std::span<std::byte> memory) : Arena() { blocks_.push_back({{}, memory, 0}); }

  template <class T>
  std::span<T> allocate(size_t size) {
    return {reinterpret_cast<T*>(allocate_bytes(size * sizeof(T))), size};
  }
  size_t size_bytes() const { return size_bytes_; }  // handed out so far, in multiples of a cache line
  // All that was handed out, in order. An arena over memory that holds these bytes hands out the same pieces again.
  std::vector<std::span<const std::byte>> content() const;

 private:
  struct Block {
    Memory owned;
    std::span<std::byte> bytes;
    size_t n_used = 0;
  };
  std::byte* allocate_bytes(size_t size_bytes);

  size_t block_bytes_;
  std::vector<Block> blocks_;
  size_t size_bytes_ = 0;
};

}  // namespace v2t::nn
