// Writes files in CTranslate2's format, for tests.
#include "whisper/testing/ct2_bytes.h"

#include <cstring>

namespace v2t::whisper::testing {
namespace {

template <class T>
std::string raw(T value) {
  std::string out(sizeof(T), '\0');
  std::memcpy(out.data(), &value, sizeof(T));
  return out;
}

}  // namespace

std::string number_bytes(uint32_t value) { return raw(value); }
std::string short_bytes(uint16_t value) { return raw(value); }

std::string text_bytes(std::string_view text) {
  return raw(static_cast<uint16_t>(text.size() + 1)) + std::string(text) + '\0';
}

Ct2Bytes::Ct2Bytes(uint32_t version, std::string_view spec, uint32_t revision) : version_(version) {
  header_ = raw(version);
  if (version >= 2) header_ += text_bytes(spec) + raw(revision);
}

Ct2Bytes& Ct2Bytes::add(std::string_view name, const std::vector<uint32_t>& shape, uint8_t type,
                        std::string_view bytes) {
  variables_ += text_bytes(name) + raw(static_cast<uint8_t>(shape.size()));
  for (const uint32_t extent : shape) variables_ += raw(extent);
  const auto size = static_cast<uint32_t>(version_ >= 4 ? bytes.size() : bytes.size() / type);
  variables_ += raw(type) + raw(size) + std::string(bytes);
  ++n_variables_;
  return *this;
}

Ct2Bytes& Ct2Bytes::alias(std::string_view name, std::string_view target) {
  aliases_ += text_bytes(name) + text_bytes(target);
  ++n_aliases_;
  return *this;
}

Ct2Bytes& Ct2Bytes::add_whisper(uint32_t n_mels, uint32_t n_state, uint32_t n_encoder_layers, uint32_t n_decoder_layers,
                                uint32_t n_vocabulary) {
  const auto zeros = [&](std::string_view name, const std::vector<uint32_t>& shape) {
    size_t n = 2;
    for (const uint32_t extent : shape) n *= extent;
    add(name, shape, 4, std::string(n, '\0'));
  };
  zeros("encoder/conv1/weight", {n_state, n_mels, 3});
  zeros("encoder/position_encodings/encodings", {1500, n_state});
  zeros("decoder/position_encodings/encodings", {448, n_state});
  zeros("decoder/embeddings/weight", {n_vocabulary, n_state});
  for (uint32_t i = 0; i < n_encoder_layers; ++i)
    zeros("encoder/layer_" + std::to_string(i) + "/self_attention/linear_0/weight", {3, 1});
  for (uint32_t i = 0; i < n_decoder_layers; ++i)
    zeros("decoder/layer_" + std::to_string(i) + "/self_attention/linear_0/weight", {3, 1});
  return *this;
}

std::string Ct2Bytes::build() const {
  std::string out = header_ + raw(n_variables_) + variables_;
  if (version_ >= 3) out += raw(n_aliases_) + aliases_;
  return out;
}

}  // namespace v2t::whisper::testing
