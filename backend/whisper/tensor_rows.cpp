// Checking and widening of tensors.
#include "whisper/tensor_rows.h"

#include <cmath>
#include <cstring>

#include "nn/widen.h"

namespace v2t::whisper {
namespace {

tl::unexpected<Error> invalid(const std::string& name, const std::string& what) {
  return fail(ErrorCode::kModelInvalid, "the model's tensor " + name + " " + what +
                                            "; the file is damaged or not a Whisper model: download it again");
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  return text + "]";
}

bool is_readable(DataType type) {
  return type == DataType::kFloat32 || type == DataType::kFloat16 || type == DataType::kBfloat16 ||
         type == DataType::kInt8;
}

// Scales say how many steps make 1: value = int8 / scale.
Result<std::vector<float>> read_scales(const TensorSource& source, const std::string& name, size_t n_rows) {
  TRY(std::vector<float> scales, read_vector(source, name, n_rows));
  for (float& scale : scales) {
    if (!(scale > 0) || !std::isfinite(1.0f / scale)) return invalid(name, "holds a scale that is not positive");
    scale = 1.0f / scale;
  }
  return scales;
}

}  // namespace

Result<TensorRows> TensorRows::open(const TensorSource& source, const std::string& name,
                                    const std::vector<int64_t>& shape) {
  std::optional<TensorView> tensor = source.find(name);
  if (!tensor) return invalid(name, "is missing");
  if (tensor->shape != shape) {
    return invalid(name, "has the shape " + shape_text(tensor->shape) + " instead of " + shape_text(shape));
  }
  if (!is_readable(tensor->type)) return invalid(name, "has a type other than float32, float16, bfloat16 and int8");
  const auto n_rows = static_cast<size_t>(shape.front());
  size_t row_size = 1;
  for (size_t i = 1; i < shape.size(); ++i) row_size *= static_cast<size_t>(shape[i]);
  if (tensor->bytes.size() != n_rows * row_size * size_of(tensor->type)) return invalid(name, "is cut short");
  TensorRows rows(*std::move(tensor), n_rows, row_size);
  if (rows.is_int8()) {
    TRY(rows.scales_, read_scales(source, name + "_scale", n_rows));
  }
  return rows;
}

std::span<const std::byte> TensorRows::row_bytes(size_t row) const {
  const size_t n_bytes = row_size_ * size_of(tensor_.type);
  return tensor_.bytes.subspan(row * n_bytes, n_bytes);
}

float TensorRows::read_int8(size_t row, std::span<int8_t> out) const {
  CHECK(is_int8() && out.size() == row_size_);
  std::memcpy(out.data(), row_bytes(row).data(), row_size_);
  return scales_[row];
}

void TensorRows::read(size_t row, std::span<float> out) const {
  CHECK(out.size() == row_size_);
  const std::span<const std::byte> bytes = row_bytes(row);
  switch (tensor_.type) {
    case DataType::kFloat32:
      std::memcpy(out.data(), bytes.data(), bytes.size());
      return;
    case DataType::kFloat16:
      return nn::widen_f16(bytes, out);
    case DataType::kBfloat16:
      return nn::widen_bf16(bytes, out);
    default:
      for (size_t i = 0; i < out.size(); ++i) out[i] = scales_[row] * static_cast<float>(static_cast<int8_t>(bytes[i]));
  }
}

Result<std::vector<float>> read_vector(const TensorSource& source, const std::string& name, size_t size) {
  TRY(TensorRows rows, TensorRows::open(source, name, {static_cast<int64_t>(size)}));
  if (rows.is_int8()) return invalid(name, "has a type other than float32, float16 and bfloat16");
  rows.join_rows();
  std::vector<float> values(size);
  rows.read(0, values);
  return values;
}

}  // namespace v2t::whisper
