// Reader of CTranslate2's model.bin.
#include "whisper/ct2_model.h"

#include <array>
#include <cstring>

namespace v2t::whisper {
namespace {

constexpr uint32_t kNewestVersion = 6;
constexpr uint32_t kNewestRevision = 3;
constexpr size_t kMaxRank = 8;
constexpr size_t kMaxName = 512;
constexpr size_t kLeastVariableBytes = 8;  // an empty name, rank 0, type, size
constexpr size_t kLeastAliasBytes = 6;

std::optional<DataType> type_of_id(uint8_t id) {
  constexpr std::array kTypes{DataType::kFloat32, DataType::kInt8,    DataType::kInt16,
                              DataType::kInt32,   DataType::kFloat16, DataType::kBfloat16};
  if (id >= kTypes.size()) return std::nullopt;
  return kTypes[id];
}

// Before version 4 only the size of an element was written; these three types were in use.
std::optional<DataType> type_of_size(uint8_t size) {
  if (size == 4) return DataType::kFloat32;
  if (size == 2) return DataType::kInt16;
  if (size == 1) return DataType::kInt8;
  return std::nullopt;
}

}  // namespace

class Ct2Parser {
 public:
  Ct2Parser(std::string name, std::span<const std::byte> bytes) : name_(std::move(name)), rest_(bytes) {}

  Result<std::shared_ptr<const Ct2Model>> run() {
    TRY_VOID(read_header());
    TRY(const auto n_variables, read_count(kLeastVariableBytes, "tensors"));
    for (uint32_t i = 0; i < n_variables; ++i) TRY_VOID(read_variable());
    TRY_VOID(check_scales());
    if (version_ >= 3) TRY_VOID(read_aliases());
    if (!rest_.empty()) return invalid("it has " + std::to_string(rest_.size()) + " bytes after its end");
    return std::shared_ptr<const Ct2Model>(std::move(model_));
  }

 private:
  tl::unexpected<Error> invalid(const std::string& what) const {
    return fail(ErrorCode::kModelInvalid, name_ + ": " + what +
                                              "; the file is damaged or of another kind: delete it and let it be "
                                              "downloaded again");
  }

  template <class T>
  Result<T> read(const char* what) {
    if (rest_.size() < sizeof(T)) return invalid(std::string("it ends inside ") + what);
    T value{};
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }

  Result<std::string> read_text(const char* what) {
    TRY(const auto length, read<uint16_t>(what));
    if (length == 0 || length > kMaxName) return invalid(std::string(what) + " has an impossible length");
    if (rest_.size() < length) return invalid(std::string("it ends inside ") + what);
    std::string text(reinterpret_cast<const char*>(rest_.data()), length);
    rest_ = rest_.subspan(length);
    if (text.find('\0') != size_t{length} - 1) return invalid(std::string(what) + " is not a text");
    text.pop_back();
    return text;
  }

  Result<uint32_t> read_count(size_t least_bytes, const char* what) {
    TRY(const auto count, read<uint32_t>("a count"));
    if (count > rest_.size() / least_bytes)
      return invalid("it claims " + std::to_string(count) + " " + what + ", more than it has room for");
    return count;
  }

  Result<void> read_header() {
    TRY(version_, read<uint32_t>("its version"));
    if (version_ == 0 || version_ > kNewestVersion)
      return invalid("its format version is " + std::to_string(version_) + ", known are 1 to " +
                     std::to_string(kNewestVersion));
    if (version_ < 2) return {};
    TRY(const auto spec, read_text("its kind"));
    TRY(const auto revision, read<uint32_t>("its revision"));
    if (spec != "WhisperSpec") return invalid("it is not a Whisper model");
    if (revision == 0 || revision > kNewestRevision)
      return invalid("its Whisper revision is " + std::to_string(revision) + ", known are 1 to " +
                     std::to_string(kNewestRevision));
    return {};
  }

  Result<void> read_shape(const std::string& name, TensorView& tensor, uint64_t& n_elements) {
    TRY(const auto rank, read<uint8_t>("a rank"));
    if (rank > kMaxRank) return invalid("tensor " + name + " has " + std::to_string(rank) + " dimensions");
    n_elements = 1;
    for (uint8_t i = 0; i < rank; ++i) {
      TRY(const auto extent, read<uint32_t>("a shape"));
      tensor.shape.push_back(extent);
      if (__builtin_mul_overflow(n_elements, uint64_t{extent}, &n_elements))
        return invalid("tensor " + name + " has an impossible shape");
    }
    return {};
  }

  Result<uint64_t> read_type(const std::string& name, TensorView& tensor) {
    TRY(const auto code, read<uint8_t>("a type"));
    const auto type = version_ >= 4 ? type_of_id(code) : type_of_size(code);
    if (!type) return invalid("tensor " + name + " has the unknown type " + std::to_string(code));
    tensor.type = *type;
    TRY(const auto size, read<uint32_t>("a size"));
    return version_ >= 4 ? uint64_t{size} : uint64_t{size} * code;
  }

  Result<void> read_variable() {
    TRY(auto name, read_text("a tensor's name"));
    TensorView tensor;
    uint64_t n_elements = 0;
    TRY_VOID(read_shape(name, tensor, n_elements));
    TRY(const auto n_bytes, read_type(name, tensor));
    if (bytes_of(tensor.type, n_elements) != n_bytes)
      return invalid("the size of tensor " + name + " does not fit its shape");
    if (n_bytes > rest_.size()) return invalid("it ends inside tensor " + name);
    tensor.bytes = rest_.first(n_bytes);
    rest_ = rest_.subspan(n_bytes);
    return add(std::move(name), std::move(tensor));
  }

  Result<void> add(std::string name, TensorView tensor) {
    const auto [at, is_new] = model_->tensors_.emplace(std::move(name), std::move(tensor));
    if (!is_new) return invalid("tensor " + at->first + " stands in it twice");
    return {};
  }

  Result<void> read_aliases() {
    TRY(const auto n_aliases, read_count(kLeastAliasBytes, "aliases"));
    for (uint32_t i = 0; i < n_aliases; ++i) {
      TRY(auto alias, read_text("an alias"));
      TRY(const auto target, read_text("an alias"));
      const auto tensor = model_->find(target);
      if (!tensor) return invalid("alias " + alias + " names a tensor that it does not hold");
      TRY_VOID(add(std::move(alias), *tensor));
    }
    return {};
  }

  // An int8 matrix is worth nothing without the scale of each row.
  Result<void> check_scales() const {
    for (const auto& [name, tensor] : model_->tensors_) {
      if (tensor.type != DataType::kInt8 || tensor.shape.size() < 2) continue;
      const auto scale = model_->find(name + "_scale");
      if (!scale) return invalid("tensor " + name + " has no scale");
      if (scale->type != DataType::kFloat32 || scale->shape.size() != 1 || scale->shape[0] != tensor.shape[0])
        return invalid("the scale of tensor " + name + " does not fit it");
    }
    return {};
  }

  std::string name_;
  std::span<const std::byte> rest_;
  uint32_t version_ = 0;
  std::shared_ptr<Ct2Model> model_ = std::make_shared<Ct2Model>();
};

Result<std::shared_ptr<const Ct2Model>> Ct2Model::open(const std::filesystem::path& path) {
  TRY(auto file, MappedFile::open(path));
  TRY(auto model, parse(path.string(), file->bytes()));
  auto owner = std::make_shared<Ct2Model>(*model);
  owner->file_ = std::move(file);
  return std::shared_ptr<const Ct2Model>(std::move(owner));
}

Result<std::shared_ptr<const Ct2Model>> Ct2Model::parse(std::string name, std::span<const std::byte> bytes) {
  return Ct2Parser(std::move(name), bytes).run();
}

std::optional<TensorView> Ct2Model::find(std::string_view name) const {
  const auto at = tensors_.find(name);
  if (at == tensors_.end()) return std::nullopt;
  return at->second;
}

}  // namespace v2t::whisper
