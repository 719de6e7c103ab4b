// Tensors of random numbers.
#include "whisper/testing/random_tensors.h"

#include <cstring>

namespace v2t::whisper::testing {
namespace {

std::vector<std::byte> bytes_of(const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// A linear congruential generator: fast, and good enough for weights (Knuth, TAOCP 2, section 3.3.4).
std::vector<std::byte> random_bytes(size_t size) {
  std::vector<std::byte> bytes(size);
  uint64_t state = size;
  for (std::byte& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<std::byte>(state >> 56);
  }
  return bytes;
}

}  // namespace

RandomTensors::RandomTensors(const Dimensions& d) : n_state_(d.n_state), dimensions_(d) {
  const auto floats = [&](const std::string& name, std::vector<int64_t> shape) {
    size_t size = 1;
    for (const int64_t extent : shape) size *= static_cast<size_t>(extent);
    std::vector<float> values(size);
    for (size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i % 17) * 0.01f - 0.08f;
    put(name, std::move(shape), values);
  };
  floats("encoder/conv1/weight", {n_state_, d.n_mels, 3});
  add_vector("encoder/conv1/bias", n_state_, 0.1f);
  floats("encoder/conv2/weight", {n_state_, n_state_, 3});
  add_vector("encoder/conv2/bias", n_state_, 0.1f);
  floats("encoder/position_encodings/encodings", {d.n_audio_positions, n_state_});
  for (int i = 0; i < d.n_encoder_layers; ++i) add_layer("encoder/layer_" + std::to_string(i), /*has_cross=*/false);
  add_norm("encoder");
  add_matrix("decoder/embeddings/weight", d.n_vocabulary, n_state_);
  floats("decoder/position_encodings/encodings", {d.n_text_positions, n_state_});
  for (int i = 0; i < d.n_decoder_layers; ++i) add_layer("decoder/layer_" + std::to_string(i), /*has_cross=*/true);
  add_norm("decoder");
}

std::optional<TensorView> RandomTensors::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return std::nullopt;
  return found->second.view;
}

std::vector<std::string> RandomTensors::names() const {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : tensors_) result.push_back(name);
  return result;
}

void RandomTensors::sharpen_encoder(float factor) {
  for (int i = 0; i < dimensions_.n_encoder_layers; ++i) {
    scale_rows("encoder/layer_" + std::to_string(i) + "/self_attention/linear_0/weight", n_state_, factor);
  }
}

void RandomTensors::sharpen_cross(float factor) {
  for (int i = 0; i < dimensions_.n_decoder_layers; ++i) {
    scale_rows("decoder/layer_" + std::to_string(i) + "/attention/linear_0/weight", n_state_, factor);
  }
}

// A row's scale divides its bytes.
void RandomTensors::scale_rows(const std::string& name, int64_t n_rows, float factor) {
  Tensor& scale = tensors_.at(name + "_scale");
  std::vector<float> values(scale.bytes.size() / sizeof(float));
  std::memcpy(values.data(), scale.bytes.data(), scale.bytes.size());
  for (size_t i = 0; i < static_cast<size_t>(n_rows); ++i) values[i] /= factor;
  std::memcpy(scale.bytes.data(), values.data(), scale.bytes.size());
}

void RandomTensors::put(const std::string& name, std::vector<int64_t> shape, const std::vector<float>& values) {
  add(name, DataType::kFloat32, std::move(shape), bytes_of(values));
}

void RandomTensors::add(const std::string& name, DataType type, std::vector<int64_t> shape,
                        std::vector<std::byte> bytes) {
  Tensor& tensor = tensors_[name];
  tensor.bytes = std::move(bytes);
  tensor.view = {type, std::move(shape), tensor.bytes};
}

void RandomTensors::add_vector(const std::string& name, int64_t size, float value) {
  put(name, {size}, std::vector<float>(static_cast<size_t>(size), value));
}

void RandomTensors::add_matrix(const std::string& name, int64_t rows, int64_t columns) {
  add(name, DataType::kInt8, {rows, columns}, random_bytes(static_cast<size_t>(rows * columns)));
  add_vector(name + "_scale", rows, 1500.0f);
}

void RandomTensors::add_linear(const std::string& name, int64_t n_outputs, int64_t n_inputs) {
  add_matrix(name + "/weight", n_outputs, n_inputs);
  add_vector(name + "/bias", n_outputs, 0.01f);
}

void RandomTensors::add_norm(const std::string& name) {
  add_vector(name + "/layer_norm/gamma", n_state_, 1.0f);
  add_vector(name + "/layer_norm/beta", n_state_, 0.0f);
}

void RandomTensors::add_layer(const std::string& name, bool has_cross) {
  add_norm(name + "/self_attention");
  add_linear(name + "/self_attention/linear_0", 3 * n_state_, n_state_);
  add_linear(name + "/self_attention/linear_1", n_state_, n_state_);
  if (has_cross) {
    add_norm(name + "/attention");
    add_linear(name + "/attention/linear_0", n_state_, n_state_);
    add_linear(name + "/attention/linear_1", 2 * n_state_, n_state_);
    add_linear(name + "/attention/linear_2", n_state_, n_state_);
  }
  add_norm(name + "/ffn");
  add_linear(name + "/ffn/linear_0", 4 * n_state_, n_state_);
  add_linear(name + "/ffn/linear_1", n_state_, 4 * n_state_);
}

}  // namespace v2t::whisper::testing
