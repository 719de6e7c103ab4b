// Small random models and their golden outputs, made by tools/reference/whisper_reference.py when a test asks.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "whisper/ct2_model.h"
#include "whisper/forward.h"

namespace v2t::whisper::testing {

// One architecture, cut down, in one type of file: "float16", "safetensors-float16", "ggml-q8_0". Aborts when
// python3-numpy is not installed.
class ReferenceModel {
 public:
  ReferenceModel(const std::string& architecture, const std::string& type);

  // As the reader of the layout finds them.
  const TensorSource& tensors() const { return *tensors_; }
  const Dimensions& dimensions() const { return dimensions_; }
  // "padded/encoder/stem" and so on: see the script.
  std::vector<float> golden(const std::string& name) const;
  std::vector<int> golden_integers(const std::string& name) const;

 private:
  TempFolder folder_;
  std::shared_ptr<const TensorSource> tensors_;
  std::shared_ptr<const Ct2Model> golden_;
  Dimensions dimensions_;
};

}  // namespace v2t::whisper::testing
