// A model of any size with random weights, without a file: for benchmarks and for tests of the loader.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "whisper/dimensions.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper::testing {

// Of a model that is made in a moment.
inline constexpr Dimensions kSmallModel{.n_mels = 80,
                                        .n_audio_positions = 100,
                                        .n_text_positions = 20,
                                        .n_state = 128,
                                        .n_heads = 2,
                                        .n_encoder_layers = 2,
                                        .n_decoder_layers = 1,
                                        .n_vocabulary = 70};

// float32 vectors and int8 matrices, all that Weights::load asks for. Tensors can be changed.
class RandomTensors final : public TensorSource {
 public:
  explicit RandomTensors(const Dimensions& dimensions);

  std::optional<TensorView> find(std::string_view name) const override;
  void erase(const std::string& name) { tensors_.erase(name); }
  // The tensor's description, to make it lie.
  TensorView& view(const std::string& name) { return tensors_.at(name).view; }
  // Multiplies the queries of the encoder's self-attention, or of the decoder's cross-attention: how sharply it looks.
  void sharpen_encoder(float factor);
  void sharpen_cross(float factor);
  // Replaces a tensor by these floats.
  void put(const std::string& name, std::vector<int64_t> shape, const std::vector<float>& values);
  std::vector<std::string> names() const;

 private:
  struct Tensor {
    std::vector<std::byte> bytes;
    TensorView view;
  };
  void add(const std::string& name, DataType type, std::vector<int64_t> shape, std::vector<std::byte> bytes);
  void add_vector(const std::string& name, int64_t size, float value);
  void add_matrix(const std::string& name, int64_t rows, int64_t columns);
  void add_linear(const std::string& name, int64_t n_outputs, int64_t n_inputs);
  void scale_rows(const std::string& name, int64_t n_rows, float factor);
  void add_norm(const std::string& name);
  void add_layer(const std::string& name, bool has_cross);

  int64_t n_state_;
  Dimensions dimensions_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace v2t::whisper::testing
