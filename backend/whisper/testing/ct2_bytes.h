// Writes files in CTranslate2's format, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace v2t::whisper::testing {

class Ct2Bytes {
 public:
  explicit Ct2Bytes(uint32_t version = 6, std::string_view spec = "WhisperSpec", uint32_t revision = 3);

  // type: CTranslate2's number (0 float32, 1 int8, 2 int16, 3 int32, 4 float16, 5 bfloat16); before version 4 the
  // bytes per element.
  Ct2Bytes& add(std::string_view name, const std::vector<uint32_t>& shape, uint8_t type, std::string_view bytes);
  Ct2Bytes& alias(std::string_view name, std::string_view target);
  // All tensors that model_config asks for, of zeros in float16.
  Ct2Bytes& add_whisper(uint32_t n_mels, uint32_t n_state, uint32_t n_encoder_layers, uint32_t n_decoder_layers,
                        uint32_t n_vocabulary);
  std::string build() const;

 private:
  uint32_t version_;
  std::string header_;
  std::string variables_;
  std::string aliases_;
  uint32_t n_variables_ = 0;
  uint32_t n_aliases_ = 0;
};

std::string number_bytes(uint32_t value);       // 4 bytes
std::string short_bytes(uint16_t value);        // 2 bytes
std::string text_bytes(std::string_view text);  // length and closing NUL

}  // namespace v2t::whisper::testing
