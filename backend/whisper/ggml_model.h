// Reader of whisper.cpp's files, ggml-*.bin: sizes, mel filters, vocabulary and tensors in one.
// Source: whisper.cpp, models/convert-pt-to-ggml.py. Checked against the file before use; tensors are not copied.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "whisper/dimensions.h"
#include "whisper/renamed_tensors.h"

namespace v2t::whisper {

inline constexpr uint32_t kGgmlMagic = 0x67676d6c;

// How the tensors of a file are stored, as the file says; GGML's own numbers.
enum class GgmlType { kF32 = 0, kF16 = 1, kQ4_0 = 2, kQ4_1 = 3, kQ5_0 = 6, kQ5_1 = 7, kQ8_0 = 8 };

std::optional<DataType> data_type_of(GgmlType type);

// Immutable; thread-safe. Layout of the file, little endian, all numbers int32 unless said otherwise:
//   magic; n_vocabulary, n_audio_positions, n_audio_state, n_audio_heads, n_audio_layers, n_text_positions,
//   n_text_state, n_text_heads, n_text_layers, n_mels, a number for the commonest type;
//   n_mels, n_bins, float32 filters[n_mels][n_bins];
//   n_tokens, per token: n_bytes, the bytes;
//   per tensor until the end: rank, n_name_bytes, type, extents[rank] innermost first, the name, the elements.
class GgmlModel final : public TensorSource {
 public:
  // Maps the file. Errors: those of MappedFile::open, and kModelInvalid, which names the file and what is wrong.
  static Result<std::shared_ptr<const GgmlModel>> open(const std::filesystem::path& path);
  // `bytes` must outlive the model; `name` stands in messages.
  static Result<std::shared_ptr<const GgmlModel>> parse(std::string name, std::span<const std::byte> bytes);

  std::optional<TensorView> find(std::string_view name) const override { return tensors_.find(name); }
  // As the file's head states them; not yet compared with the tensors.
  const Dimensions& stated_dimensions() const { return dimensions_; }
  // The bytes of the text tokens, by number; special tokens have no entry.
  const std::vector<std::string>& vocabulary() const { return vocabulary_; }

 private:
  friend class GgmlParser;
  GgmlModel(const Dimensions& dimensions, std::vector<std::string> vocabulary, const TensorsByName& tensors)
      : dimensions_(dimensions), vocabulary_(std::move(vocabulary)), tensors_(tensors, TensorNaming::kOpenAi) {}

  std::shared_ptr<const MappedFile> file_;  // null when parse() was given the bytes
  Dimensions dimensions_;
  std::vector<std::string> vocabulary_;
  RenamedTensors tensors_;
};

}  // namespace v2t::whisper
