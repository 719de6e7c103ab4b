// Writes files in GGML's format, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace v2t::whisper::testing {

class GgmlBytes {
 public:
  // The head's numbers after the magic, in order; 64 wide, one layer each, 2 mel bands.
  std::vector<uint32_t> head{51865, 1500, 64, 1, 1, 448, 64, 1, 1, 2, 1};
  uint32_t magic = 0x67676d6c;
  uint32_t n_filter_bins = 201;
  std::vector<std::string> vocabulary{"!", "\""};

  // extents: innermost first, as the file has them.
  GgmlBytes& add(std::string_view name, const std::vector<uint32_t>& extents, uint32_t type, std::string_view bytes);
  std::string build() const;

 private:
  std::string tensors_;
};

}  // namespace v2t::whisper::testing
