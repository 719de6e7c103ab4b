// Fuzz target: arbitrary bytes as model.bin; every tensor that is found must be readable as stated.
#include <cstdint>

#include "whisper/ct2_model.h"
#include "whisper/model_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t::whisper;
  const auto model = Ct2Model::parse("fuzz", std::as_bytes(std::span(data, size)));
  if (!model) return 0;
  const auto config = read_model_config(**model, "{}", std::nullopt, "fuzz");
  if (!config) return 0;
  for (const char* name : {"encoder/conv1/weight", "decoder/embeddings/weight"}) {
    const auto tensor = (*model)->find(name);
    unsigned sum = 0;
    for (const std::byte byte : tensor->bytes) sum += static_cast<unsigned>(byte);
    if (sum == 1) return 0;
  }
  return 0;
}
