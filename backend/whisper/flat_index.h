// Numbers found by a hash: open addressing in one block of memory, since nodes of their own would take most of a
// tokenizer's loading.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace v2t::whisper {

// What the numbers stand for lies elsewhere: whoever looks up says which of those with one hash is meant.
class FlatIndex {
 public:
  void reserve(size_t n) {
    size_t n_slots = 16;
    while (n_slots < 2 * n) n_slots *= 2;
    if (n_slots > slots_.size()) move_to(n_slots);
  }

  // One that was added with this hash and of which is_it(number) holds.
  template <class IsIt>
  std::optional<int> find(uint64_t hash, const IsIt& is_it) const {
    if (slots_.empty()) return std::nullopt;
    const auto check = check_of(hash);
    for (size_t at = first_of(check);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number < 0) return std::nullopt;
      if (slot.check == check && is_it(slot.number)) return slot.number;
    }
  }

  // number >= 0.
  void add(uint64_t hash, int number) {
    reserve(++n_);
    put({check_of(hash), number});
  }

 private:
  struct Slot {
    uint32_t check = 0;
    int32_t number = -1;  // -1: free
  };
  static uint32_t check_of(uint64_t hash) { return static_cast<uint32_t>((hash * 0x9E3779B97F4A7C15ULL) >> 32); }
  size_t first_of(uint32_t check) const { return check & (slots_.size() - 1); }

  void put(Slot slot) {
    size_t at = first_of(slot.check);
    while (slots_[at].number >= 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
  void move_to(size_t n_slots) {
    std::vector<Slot> old(n_slots);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.number >= 0) put(slot);
  }

  std::vector<Slot> slots_;  // a power of two, at most half of them used
  size_t n_ = 0;
};

}  // namespace v2t::whisper
