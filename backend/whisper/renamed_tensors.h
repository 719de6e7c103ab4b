// Tensors of files that name them otherwise, found by our names. Two families: Hugging Face's ("encoder.layers.0.fc1")
// and OpenAI's own, which GGML files keep ("encoder.blocks.0.mlp.0").
#pragma once

#include "tensors/safetensors.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

enum class TensorNaming { kHuggingFace, kOpenAi };

// Queries, keys and values lie apart in such files; here they are the rows of one tensor, as TensorSource names it, and
// a bias that the file leaves out of them is zeros.
class RenamedTensors final : public TensorSource {
 public:
  // Tensors with names that the naming does not know are left out.
  RenamedTensors(const TensorsByName& tensors, TensorNaming naming);

  std::optional<TensorView> find(std::string_view name) const override;

 private:
  TensorsByName tensors_;  // by our names
};

// A tensor of OpenAI's naming, and which of ours holds it: part of n_parts, by rows.
struct OpenAiTensor {
  std::string name;
  std::string ours;
  size_t part = 0;
  size_t n_parts = 1;
};
// All of a model with so many layers; a key has no bias.
std::vector<OpenAiTensor> openai_tensors(int n_encoder_layers, int n_decoder_layers);

}  // namespace v2t::whisper
