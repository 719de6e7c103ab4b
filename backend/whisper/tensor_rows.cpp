// Checking and widening of tensors.
#include "whisper/tensor_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "nn/widen.h"
#include "whisper/ggml_blocks.h"

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

bool is_readable(DataType type) { return type != DataType::kInt16 && type != DataType::kInt32; }

void widen(DataType type, std::span<const std::byte> bytes, std::span<float> out) {
  switch (type) {
    case DataType::kFloat32:
      if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
      return;
    case DataType::kFloat16:
      return nn::widen_f16(bytes, out);
    case DataType::kBfloat16:
      return nn::widen_bf16(bytes, out);
    default:
      return widen_blocks(type, bytes, out);
  }
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
  const auto n_rows = static_cast<size_t>(shape.front());
  size_t row_size = 1;
  for (size_t i = 1; i < shape.size(); ++i) row_size *= static_cast<size_t>(shape[i]);
  const bool is_whole = tensor->pieces.empty();
  if (is_whole) tensor->pieces.push_back({tensor->type, shape.front(), tensor->bytes});
  size_t n_found = 0;
  for (const TensorPiece& piece : tensor->pieces) {
    const bool is_int8 = piece.type == DataType::kInt8;
    if (!is_readable(piece.type) || (is_int8 && !is_whole))
      return invalid(name, "has a type other than float32, float16, bfloat16 and int8");
    n_found += static_cast<size_t>(piece.n_rows);
    const bool is_zero = !is_whole && piece.bytes.empty();
    const auto n_bytes = bytes_of(piece.type, row_size);
    if (!n_bytes) return invalid(name, "has rows that are no whole blocks");
    if (!is_zero && piece.bytes.size() != *n_bytes * static_cast<size_t>(piece.n_rows))
      return invalid(name, "is cut short");
  }
  if (n_found != n_rows) return invalid(name, "is cut short");
  TensorRows rows(std::move(tensor->pieces), n_rows, row_size);
  if (rows.pieces_.front().type == DataType::kInt8) {
    TRY(rows.scales_, read_scales(source, name + "_scale", n_rows));
  }
  return rows;
}

float TensorRows::read_int8(size_t row, std::span<int8_t> out) const {
  CHECK(is_int8() && out.size() == row_size_);
  std::memcpy(out.data(), pieces_.front().bytes.data() + row * row_size_, row_size_);
  return scales_[row];
}

void TensorRows::read(size_t row, std::span<float> out) const {
  CHECK(row < n_rows_ && out.size() == row_size_);
  if (is_int8()) {
    const std::byte* bytes = pieces_.front().bytes.data() + row * row_size_;
    for (size_t i = 0; i < out.size(); ++i) out[i] = scales_[row] * static_cast<float>(static_cast<int8_t>(bytes[i]));
    return;
  }
  const TensorPiece* piece = pieces_.data();
  for (; row >= static_cast<size_t>(piece->n_rows); ++piece) row -= static_cast<size_t>(piece->n_rows);
  if (piece->bytes.empty()) {
    std::ranges::fill(out, 0.0F);
    return;
  }
  const size_t n_bytes = piece->bytes.size() / static_cast<size_t>(piece->n_rows);
  widen(piece->type, piece->bytes.subspan(row * n_bytes, n_bytes), out);
}

std::vector<float> TensorRows::read_all() const {
  CHECK(!is_int8());
  std::vector<float> out(n_rows_ * row_size_);
  std::span<float> rest(out);
  for (const TensorPiece& piece : pieces_) {
    const size_t n = static_cast<size_t>(piece.n_rows) * row_size_;
    if (!piece.bytes.empty()) widen(piece.type, piece.bytes, rest.first(n));
    rest = rest.subspan(n);
  }
  return out;
}

Result<std::vector<float>> read_vector(const TensorSource& source, const std::string& name, size_t size) {
  TRY(const TensorRows rows, TensorRows::open(source, name, {static_cast<int64_t>(size)}));
  if (rows.is_int8()) return invalid(name, "has a type other than float32, float16 and bfloat16");
  return rows.read_all();
}

}  // namespace v2t::whisper
