// Reader of whisper.cpp's files.
#include "whisper/ggml_model.h"

#include <cstring>

namespace v2t::whisper {
namespace {

constexpr uint32_t kGgufMagic = 0x46554747;
constexpr uint32_t kMelBins = 201;  // of a spectrum of 400 samples
constexpr uint32_t kMaxMels = 1024;
constexpr uint32_t kMaxTokenBytes = 256;  // the longest of OpenAI's has 128; finding its merge takes their square
constexpr uint32_t kMaxRank = 4;
constexpr uint32_t kMaxName = 256;
constexpr uint32_t kMaxExtent = 1 << 24;
constexpr int kMaxSize = 1 << 20;  // of everything in the head

}  // namespace

std::optional<DataType> data_type_of(GgmlType type) {
  switch (type) {
    case GgmlType::kF32:
      return DataType::kFloat32;
    case GgmlType::kF16:
      return DataType::kFloat16;
    case GgmlType::kQ4_0:
      return DataType::kQ4_0;
    case GgmlType::kQ4_1:
      return DataType::kQ4_1;
    case GgmlType::kQ5_0:
      return DataType::kQ5_0;
    case GgmlType::kQ5_1:
      return DataType::kQ5_1;
    case GgmlType::kQ8_0:
      return DataType::kQ8_0;
  }
  return std::nullopt;
}

class GgmlParser {
 public:
  GgmlParser(std::string name, std::span<const std::byte> bytes) : name_(std::move(name)), rest_(bytes) {}

  Result<std::shared_ptr<GgmlModel>> run() {
    TRY(const Dimensions dimensions, read_head());
    TRY_VOID(skip_filters(dimensions));
    TRY(auto vocabulary, read_vocabulary(dimensions));
    TensorsByName tensors;
    while (!rest_.empty()) TRY_VOID(read_tensor(tensors));
    return std::shared_ptr<GgmlModel>(new GgmlModel(dimensions, std::move(vocabulary), tensors));
  }

 private:
  tl::unexpected<Error> invalid(const std::string& what) const {
    return fail(ErrorCode::kModelInvalid,
                name_ + ": " + what +
                    "; the file is damaged or of another kind: get it again, or make one with `video2text models "
                    "convert`");
  }

  Result<uint32_t> read(const char* what) {
    uint32_t value = 0;
    if (rest_.size() < sizeof(value)) return invalid(std::string("it ends inside ") + what);
    std::memcpy(&value, rest_.data(), sizeof(value));
    rest_ = rest_.subspan(sizeof(value));
    return value;
  }

  Result<std::span<const std::byte>> take(uint64_t size, const std::string& what) {
    if (size > rest_.size()) return invalid("it ends inside " + what);
    const auto bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }

  static std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  Result<int> read_size(const char* what) {
    TRY(const uint32_t size, read(what));
    if (size == 0 || size > kMaxSize) return invalid(std::string(what) + " is " + std::to_string(size));
    return static_cast<int>(size);
  }

  Result<Dimensions> read_head() {
    TRY(const uint32_t magic, read("its first number"));
    if (magic == kGgufMagic) return invalid("it is a GGUF file, not one of whisper.cpp's ggml-*.bin");
    if (magic != kGgmlMagic) return invalid("it does not begin as a GGML file");
    Dimensions d;
    TRY(d.n_vocabulary, read_size("its number of tokens"));
    TRY(d.n_audio_positions, read_size("its number of audio positions"));
    TRY(d.n_state, read_size("its width"));
    TRY(d.n_heads, read_size("its number of heads"));
    TRY(d.n_encoder_layers, read_size("its number of encoder layers"));
    TRY(d.n_text_positions, read_size("its number of text positions"));
    TRY(const int text_state, read_size("its width"));
    TRY(const int text_heads, read_size("its number of heads"));
    TRY(d.n_decoder_layers, read_size("its number of decoder layers"));
    TRY(d.n_mels, read_size("its number of mel bands"));
    TRY_VOID(read("its type"));
    if (text_state != d.n_state || text_heads != d.n_heads)
      return invalid("its encoder and decoder are of different widths");
    return d;
  }

  // They are Slaney's for every Whisper: ours are the same.
  Result<void> skip_filters(const Dimensions& dimensions) {
    TRY(const uint32_t n_mels, read("its mel filters"));
    TRY(const uint32_t n_bins, read("its mel filters"));
    if (n_mels > kMaxMels || static_cast<int>(n_mels) != dimensions.n_mels || n_bins != kMelBins)
      return invalid("its mel filters do not fit its number of mel bands");
    TRY_VOID(take(uint64_t{n_mels} * n_bins * sizeof(float), "its mel filters"));
    return {};
  }

  Result<std::vector<std::string>> read_vocabulary(const Dimensions& dimensions) {
    TRY(const uint32_t n_tokens, read("its vocabulary"));
    if (n_tokens > static_cast<uint32_t>(dimensions.n_vocabulary))
      return invalid("it lists more tokens than the model has");
    std::vector<std::string> vocabulary;
    for (uint32_t i = 0; i < n_tokens; ++i) {
      TRY(const uint32_t n_bytes, read("its vocabulary"));
      if (n_bytes > kMaxTokenBytes) return invalid("token " + std::to_string(i) + " is too long");
      TRY(const auto bytes, take(n_bytes, "its vocabulary"));
      vocabulary.push_back(text_of(bytes));
    }
    return vocabulary;
  }

  Result<void> read_tensor(TensorsByName& tensors) {
    TRY(const uint32_t rank, read("a tensor's rank"));
    TRY(const uint32_t name_bytes, read("a tensor's name"));
    TRY(const uint32_t type, read("a tensor's type"));
    if (rank == 0 || rank > kMaxRank) return invalid("a tensor has " + std::to_string(rank) + " dimensions");
    if (name_bytes == 0 || name_bytes > kMaxName) return invalid("a tensor's name has an impossible length");
    TensorView tensor;
    for (uint32_t i = 0; i < rank; ++i) {
      TRY(const uint32_t extent, read("a tensor's shape"));
      if (extent == 0 || extent > kMaxExtent) return invalid("a tensor has an impossible shape");
      tensor.shape.insert(tensor.shape.begin(), extent);
    }
    TRY(const auto name, take(name_bytes, "a tensor's name"));
    return read_elements(text_of(name), type, std::move(tensor), tensors);
  }

  Result<void> read_elements(const std::string& name, uint32_t type, TensorView tensor, TensorsByName& tensors) {
    const auto data_type = data_type_of(static_cast<GgmlType>(type));
    if (!data_type)
      return invalid("tensor " + name + " has the type " + std::to_string(type) +
                     ", which is not read (f32, f16, q8_0, q5_0, q5_1, q4_0 and q4_1 are)");
    tensor.type = *data_type;
    uint64_t n_rows = 1;
    for (size_t i = 0; i + 1 < tensor.shape.size(); ++i)
      if (__builtin_mul_overflow(n_rows, static_cast<uint64_t>(tensor.shape[i]), &n_rows))
        return invalid("tensor " + name + " has an impossible shape");
    const auto row_bytes = bytes_of(tensor.type, static_cast<uint64_t>(tensor.shape.back()));
    uint64_t n_bytes = 0;
    if (!row_bytes || __builtin_mul_overflow(n_rows, *row_bytes, &n_bytes))
      return invalid("tensor " + name + " has rows that are no whole blocks");
    TRY(tensor.bytes, take(n_bytes, "tensor " + name));
    // A convolution's bias is a column there.
    if (name.ends_with(".bias") && tensor.shape.size() == 2 && tensor.shape[1] == 1) tensor.shape.pop_back();
    if (!tensors.emplace(name, std::move(tensor)).second) return invalid("tensor " + name + " stands in it twice");
    return {};
  }

  std::string name_;
  std::span<const std::byte> rest_;
};

Result<std::shared_ptr<const GgmlModel>> GgmlModel::open(const std::filesystem::path& path) {
  TRY(auto file, MappedFile::open(path));
  TRY(auto model, GgmlParser(path.string(), file->bytes()).run());
  model->file_ = std::move(file);
  return std::shared_ptr<const GgmlModel>(std::move(model));
}

Result<std::shared_ptr<const GgmlModel>> GgmlModel::parse(std::string name, std::span<const std::byte> bytes) {
  TRY(auto model, GgmlParser(std::move(name), bytes).run());
  return std::shared_ptr<const GgmlModel>(std::move(model));
}

}  // namespace v2t::whisper
