// A tensor of a model file, checked and then read row by row as floats or as 8-bit integers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

// A view: lives as long as its source. Thread-safe.
class TensorRows {
 public:
  // Rows are the first extent, a row the product of the others. kModelInvalid names a tensor that is missing, has
  // another shape, a type that we do not read, or an int8 tensor whose scales are missing or not positive.
  static Result<TensorRows> open(const TensorSource& source, const std::string& name,
                                 const std::vector<int64_t>& shape);

  size_t n_rows() const { return n_rows_; }
  size_t row_size() const { return row_size_; }
  bool is_int8() const { return !scales_.empty(); }
  void read(size_t row, std::span<float> out) const;
  // All rows, one after another; not of int8.
  std::vector<float> read_all() const;
  // Of an int8 tensor: value = returned scale * out.
  float read_int8(size_t row, std::span<int8_t> out) const;

 private:
  TensorRows(std::vector<TensorPiece> pieces, size_t n_rows, size_t row_size)
      : pieces_(std::move(pieces)), n_rows_(n_rows), row_size_(row_size) {}

  std::vector<TensorPiece> pieces_;  // one, if of int8
  size_t n_rows_;
  size_t row_size_;
  std::vector<float> scales_;  // of int8 rows
};

// A vector of known size; kModelInvalid as above.
Result<std::vector<float>> read_vector(const TensorSource& source, const std::string& name, size_t size);

}  // namespace v2t::whisper
