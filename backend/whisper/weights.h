// Whisper's weights, packed for the kernels of one instruction set: about a byte per parameter.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "nn/cpu.h"
#include "nn/matmul.h"
#include "whisper/dimensions.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

struct LayerNormWeights {
  std::span<float> gain;
  std::span<float> shift;
};

struct FeedForwardWeights {
  LayerNormWeights norm;
  nn::Int8Weights in;
  nn::Int8Weights out;
};

struct SelfAttentionWeights {
  LayerNormWeights norm;
  nn::Int8Weights query_key_value;  // queries already scaled
  nn::Int8Weights out;
};

struct CrossAttentionWeights {
  LayerNormWeights norm;
  nn::Int8Weights query;  // scaled
  nn::Int8Weights key_value;
  nn::Int8Weights out;
};

struct EncoderLayerWeights {
  SelfAttentionWeights attention;
  FeedForwardWeights feed_forward;
};

struct DecoderLayerWeights {
  SelfAttentionWeights attention;
  CrossAttentionWeights cross;
  FeedForwardWeights feed_forward;
};

// Immutable once loaded; thread-safe.
class Weights {
 public:
  // Packs straight from the tensors' bytes, which are not needed afterwards. kModelInvalid names a tensor that is
  // missing or does not fit `dimensions`, or a dimension that no Whisper has. kCancelled: stopped, between two tensors.
  static Result<std::shared_ptr<const Weights>> load(const TensorSource& source, const Dimensions& dimensions,
                                                     nn::InstructionSet instruction_set = nn::best_instruction_set(),
                                                     std::stop_token stop = {});

  // The same weights over the bytes of packed(), of weights loaded with the same source, dimensions and instruction
  // set; nothing is copied. Null when there are more or fewer bytes than such weights have. `owner` keeps the bytes.
  static std::shared_ptr<const Weights> lay_over(std::span<const std::byte> packed, std::shared_ptr<const void> owner,
                                                 const TensorSource& source, const Dimensions& dimensions,
                                                 nn::InstructionSet instruction_set);
  // All there is, one part after another.
  std::vector<std::span<const std::byte>> packed() const;

  const Dimensions& dimensions() const { return dimensions_; }
  nn::InstructionSet instruction_set() const { return instruction_set_; }
  size_t size_bytes() const { return arena_.size_bytes() + vocabulary_arena_.size_bytes(); }

  nn::Int8Weights conv1, conv2;        // of width 3: rows are [3 * channels], tap after tap
  std::span<float> encoder_positions;  // [n_audio_positions][n_state]
  std::vector<EncoderLayerWeights> encoder_layers;
  LayerNormWeights encoder_norm;
  nn::Int8Weights embeddings;          // [n_vocabulary][n_state]; also the projection where the model ties them
  std::span<float> decoder_positions;  // [n_text_positions][n_state]
  std::vector<DecoderLayerWeights> decoder_layers;
  LayerNormWeights decoder_norm;
  nn::Int8Weights projection;

 private:
  friend class WeightsLoader;
  Weights(const Dimensions& dimensions, nn::InstructionSet instruction_set)
      : dimensions_(dimensions), instruction_set_(instruction_set) {}

  Dimensions dimensions_;
  nn::InstructionSet instruction_set_;
  std::shared_ptr<const void> owner_;  // of memory that is not the arenas'
  nn::Arena arena_;
  nn::Arena vocabulary_arena_;  // of embeddings and projection, which are loaded beside the rest
};

}  // namespace v2t::whisper
