// Writes whisper.cpp's legacy format.
#include "whisper/ggml_writer.h"

#include <cstring>

#include "base/new_file.h"
#include "whisper/ggml_blocks.h"
#include "whisper/mel.h"
#include "whisper/tensor_rows.h"

namespace v2t::whisper {
namespace {

// What the head says of the commonest type: GGML's number of a file type, and the version of its blocks in thousands.
uint32_t file_type(GgmlType type) {
  constexpr uint32_t kBlocksVersion = 2000;
  switch (type) {
    case GgmlType::kF32:
      return 0;
    case GgmlType::kF16:
      return 1;
    case GgmlType::kQ8_0:
      return 7 + kBlocksVersion;
    case GgmlType::kQ5_0:
      return 8 + kBlocksVersion;
    default:
      return 9 + kBlocksVersion;
  }
}

bool can_write(GgmlType type) {
  return type == GgmlType::kF32 || type == GgmlType::kF16 || type == GgmlType::kQ8_0 || type == GgmlType::kQ5_0 ||
         type == GgmlType::kQ5_1;
}

// A row of numbers as the file holds it.
void narrow(GgmlType type, std::span<const float> row, std::span<std::byte> out) {
  if (type == GgmlType::kF32) {
    std::memcpy(out.data(), row.data(), out.size());
  } else if (type == GgmlType::kF16) {
    for (size_t i = 0; i < row.size(); ++i) {
      const auto half = static_cast<_Float16>(row[i]);
      std::memcpy(&out[i * sizeof(half)], &half, sizeof(half));
    }
  } else {
    narrow_blocks(*data_type_of(type), row, out);
  }
}

class GgmlWriter {
 public:
  GgmlWriter(const OpenModel& model, GgmlType type, NewFile& file, std::stop_token stop)
      : model_(model), type_(type), file_(file), stop_(std::move(stop)) {}

  Result<void> run() {
    TRY_VOID(write_head());
    TRY_VOID(write_vocabulary());
    const Dimensions& d = model_.config.dimensions;
    for (const OpenAiTensor& tensor : openai_tensors(d.n_encoder_layers, d.n_decoder_layers)) {
      if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "the conversion was stopped");
      TRY_VOID(write_tensor(tensor));
    }
    return {};
  }

 private:
  Result<void> put(std::initializer_list<uint32_t> numbers) {
    return file_.append(std::as_bytes(std::span(numbers.begin(), numbers.size())));
  }
  static uint32_t number(int value) { return static_cast<uint32_t>(value); }

  Result<void> write_head() {
    const Dimensions& d = model_.config.dimensions;
    TRY_VOID(put({kGgmlMagic, number(d.n_vocabulary), number(d.n_audio_positions), number(d.n_state), number(d.n_heads),
                  number(d.n_encoder_layers), number(d.n_text_positions), number(d.n_state), number(d.n_heads),
                  number(d.n_decoder_layers), number(d.n_mels), file_type(type_)}));
    const std::vector<float> filters = mel_filters(d.n_mels);
    TRY_VOID(put({number(d.n_mels), static_cast<uint32_t>(filters.size()) / number(d.n_mels)}));
    return file_.append(std::as_bytes(std::span(filters)));
  }

  Result<void> write_vocabulary() {
    const int n_text = model_.tokenizer.special().end_of_text;
    TRY_VOID(put({number(n_text)}));
    for (int token = 0; token < n_text; ++token) {
      const std::string_view bytes = model_.tokenizer.bytes(token);
      TRY_VOID(put({static_cast<uint32_t>(bytes.size())}));
      TRY_VOID(file_.append(std::as_bytes(std::span(bytes))));
    }
    return {};
  }

  GgmlType type_for(const std::string& name, size_t rank) const {
    if (rank < 2 || name.ends_with("positional_embedding")) return GgmlType::kF32;
    return rank > 2 && type_ != GgmlType::kF32 ? GgmlType::kF16 : type_;
  }

  Result<void> write_tensor(const OpenAiTensor& tensor) {
    const auto found = model_.tensors->find(tensor.ours);
    const std::vector<int64_t> whole = found ? found->shape : std::vector<int64_t>();
    if (!found && tensor.name.ends_with(".bias")) return write_zeros(tensor);
    TRY(const TensorRows rows, TensorRows::open(*model_.tensors, tensor.ours, whole));
    std::vector<int64_t> shape = whole;
    shape[0] /= static_cast<int64_t>(tensor.n_parts);
    const GgmlType type = type_for(tensor.name, shape.size());
    TRY_VOID(write_description(tensor.name, shape, type));
    std::vector<float> row(rows.row_size());
    std::vector<std::byte> out(*bytes_of(*data_type_of(type), row.size()));
    const auto n_rows = static_cast<size_t>(shape[0]);
    for (size_t i = tensor.part * n_rows; i < (tensor.part + 1) * n_rows; ++i) {
      rows.read(i, row);
      narrow(type, row, out);
      TRY_VOID(file_.append(out));
    }
    return {};
  }

  // A bias that the model leaves out is written: whisper.cpp asks for it.
  Result<void> write_zeros(const OpenAiTensor& tensor) {
    std::string weight = tensor.ours;
    weight.replace(weight.rfind('/'), std::string::npos, "/weight");
    const auto found = model_.tensors->find(weight);
    if (!found || found->shape.empty())
      return fail(ErrorCode::kModelInvalid, "the model's tensor " + weight + " is missing");
    const int64_t size = found->shape[0] / static_cast<int64_t>(tensor.n_parts);
    TRY_VOID(write_description(tensor.name, {size}, GgmlType::kF32));
    return file_.append(std::vector<std::byte>(static_cast<size_t>(size) * sizeof(float)));
  }

  Result<void> write_description(const std::string& name, std::vector<int64_t> shape, GgmlType type) {
    if (name.starts_with("encoder.conv") && name.ends_with(".bias")) shape.push_back(1);  // a column
    TRY_VOID(
        put({static_cast<uint32_t>(shape.size()), static_cast<uint32_t>(name.size()), static_cast<uint32_t>(type)}));
    for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent)
      TRY_VOID(put({static_cast<uint32_t>(*extent)}));
    return file_.append(std::as_bytes(std::span(name)));
  }

  const OpenModel& model_;
  const GgmlType type_;
  NewFile& file_;
  const std::stop_token stop_;
};

}  // namespace

Result<void> write_ggml(const OpenModel& model, GgmlType type, const std::filesystem::path& path,
                        std::stop_token stop) {
  if (!can_write(type)) return fail(ErrorCode::kInvalidArgument, "types to write are f32, f16, q8_0, q5_0 and q5_1");
  TRY(NewFile file, NewFile::create(path));
  TRY_VOID(GgmlWriter(model, type, file, std::move(stop)).run());
  return file.finish();
}

}  // namespace v2t::whisper
