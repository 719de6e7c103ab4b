// Sizes of the element types of model files.
#include "whisper/tensor_source.h"

#include "base/result.h"

namespace v2t::whisper {

size_t size_of(DataType type) {
  switch (type) {
    case DataType::kFloat32:
    case DataType::kInt32:
      return 4;
    case DataType::kFloat16:
    case DataType::kBfloat16:
    case DataType::kInt16:
      return 2;
    case DataType::kInt8:
      return 1;
  }
  CHECK(false);
  return 0;
}

}  // namespace v2t::whisper
