// Fuzz target: arbitrary bytes as config.json of either library, generation_config.json and preprocessor_config.json,
// parted by zero bytes, of a model whose tensors are good.
#include <cstdint>

#include "base/text.h"
#include "whisper/model_config.h"
#include "whisper/testing/random_tensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t::whisper;
  static const testing::RandomTensors kTensors({.n_text_positions = 16,
                                                .n_state = 64,
                                                .n_heads = 1,
                                                .n_encoder_layers = 1,
                                                .n_decoder_layers = 1,
                                                .n_vocabulary = 64});
  auto parts = v2t::split({reinterpret_cast<const char*>(data), size}, '\0');
  parts.resize(4);
  const auto check = [](const v2t::Result<ModelConfig>& config) {
    if (!config) return;
    CHECK(!config->alignment_heads.empty());
    for (const AlignmentHead& head : config->alignment_heads) CHECK(head.layer == 0 && head.head == 0);
    for (const int token : config->suppressed_tokens) CHECK(token >= 0 && token < 64);
  };
  check(read_model_config(kTensors, parts[0], parts[2], "fuzz"));
  check(read_hugging_face_config(kTensors, {parts[0], parts[1], parts[2]}, "fuzz"));
  return 0;
}
