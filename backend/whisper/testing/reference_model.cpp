// Runs the reference script and reads what it wrote.
#include "whisper/testing/reference_model.h"

#include <cstdlib>
#include <cstring>

#include "whisper/ggml_model.h"
#include "whisper/safetensors_model.h"

namespace v2t::whisper::testing {
namespace {

int extent(const TensorSource& tensors, const std::string& name, size_t axis) {
  return static_cast<int>(tensors.find(name)->shape.at(axis));
}

int count_layers(const TensorSource& tensors, const std::string& half) {
  int n = 0;
  while (tensors.find(half + "/layer_" + std::to_string(n) + "/ffn/linear_0/weight")) ++n;
  return n;
}

template <class T>
std::vector<T> values_of(const Ct2Model& model, const std::string& name) {
  const auto tensor = model.find(name);
  CHECK(tensor.has_value());
  std::vector<T> values(tensor->bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor->bytes.data(), tensor->bytes.size());
  return values;
}

}  // namespace

ReferenceModel::ReferenceModel(const std::string& architecture, const std::string& type) {
  const std::string command = "OPENBLAS_NUM_THREADS=1 /usr/bin/python3 " V2T_WHISPER_REFERENCE " make " + architecture +
                              " " + type + " " + folder_.path().string();
  CHECK(std::system(command.c_str()) == 0);
  if (type.starts_with("safetensors")) {
    tensors_ = open_safetensors_model({folder_.path() / "model.safetensors"}).value();
  } else if (type.starts_with("ggml")) {
    tensors_ = GgmlModel::open(folder_.path() / "ggml-model.bin").value();
  } else {
    tensors_ = Ct2Model::open(folder_.path() / "model.bin").value();
  }
  golden_ = Ct2Model::open(folder_.path() / "golden.bin").value();
  dimensions_.n_mels = extent(*tensors_, "encoder/conv1/weight", 1);
  dimensions_.n_state = extent(*tensors_, "encoder/conv1/weight", 0);
  dimensions_.n_heads = dimensions_.n_state / 64;
  dimensions_.n_audio_positions = extent(*tensors_, "encoder/position_encodings/encodings", 0);
  dimensions_.n_text_positions = extent(*tensors_, "decoder/position_encodings/encodings", 0);
  dimensions_.n_vocabulary = extent(*tensors_, "decoder/embeddings/weight", 0);
  dimensions_.n_encoder_layers = count_layers(*tensors_, "encoder");
  dimensions_.n_decoder_layers = count_layers(*tensors_, "decoder");
}

std::vector<float> ReferenceModel::golden(const std::string& name) const { return values_of<float>(*golden_, name); }

std::vector<int> ReferenceModel::golden_integers(const std::string& name) const {
  return values_of<int>(*golden_, name);
}

}  // namespace v2t::whisper::testing
