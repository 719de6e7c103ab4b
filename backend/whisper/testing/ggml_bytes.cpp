// Writes files in GGML's format, for tests.
#include "whisper/testing/ggml_bytes.h"

#include "whisper/testing/ct2_bytes.h"

namespace v2t::whisper::testing {

GgmlBytes& GgmlBytes::add(std::string_view name, const std::vector<uint32_t>& extents, uint32_t type,
                          std::string_view bytes) {
  tensors_ += number_bytes(static_cast<uint32_t>(extents.size())) + number_bytes(static_cast<uint32_t>(name.size())) +
              number_bytes(type);
  for (const uint32_t extent : extents) tensors_ += number_bytes(extent);
  tensors_.append(name).append(bytes);
  return *this;
}

std::string GgmlBytes::build() const {
  std::string file = number_bytes(magic);
  for (const uint32_t number : head) file += number_bytes(number);
  file += number_bytes(head[9]) + number_bytes(n_filter_bins) + std::string(4UL * head[9] * n_filter_bins, '\0');
  file += number_bytes(static_cast<uint32_t>(vocabulary.size()));
  for (const std::string& token : vocabulary) file += number_bytes(static_cast<uint32_t>(token.size())) + token;
  return file + tensors_;
}

}  // namespace v2t::whisper::testing
