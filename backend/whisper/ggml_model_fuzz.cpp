// Fuzz target: arbitrary bytes as a GGML file; every tensor that is found must be readable as stated, and the
// vocabulary makes a tokenizer or an error.
#include <cstdint>

#include "whisper/ggml_blocks.h"
#include "whisper/ggml_model.h"
#include "whisper/model_config.h"
#include "whisper/openai_vocabulary.h"
#include "whisper/tensor_rows.h"

namespace {

using namespace v2t::whisper;

void read_rows(const TensorSource& model, const std::string& name) {
  const auto tensor = model.find(name);
  if (!tensor) return;
  const auto rows = TensorRows::open(model, name, tensor->shape);
  if (!rows || rows->row_size() > 4096) return;
  std::vector<float> row(rows->row_size());
  for (size_t i = 0; i < rows->n_rows() && i < 64; ++i) rows->read(i, row);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto model = GgmlModel::parse("fuzz", std::as_bytes(std::span(data, size)));
  if (!model) return 0;
  for (const OpenAiTensor& tensor : openai_tensors(1, 1)) read_rows(**model, tensor.ours);
  const Dimensions& stated = (*model)->stated_dimensions();
  const auto tokenizer = openai_tokenizer((*model)->vocabulary(), stated.n_vocabulary, "fuzz");
  if (!tokenizer) return 0;
  static_cast<void>(openai_config(**model, stated, *tokenizer, "fuzz"));
  for (const int token : default_suppressed_tokens(*tokenizer)) CHECK(token >= 0 && token < stated.n_vocabulary);
  CHECK(default_suppressed_at_begin(*tokenizer).back() == tokenizer->special().end_of_text);
  return 0;
}
