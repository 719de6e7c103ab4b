// The safetensors format.
#include "tensors/safetensors.h"

#include <bit>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>

namespace v2t {
namespace {

namespace json = boost::json;
static_assert(std::endian::native == std::endian::little);

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kLongestHeaderBytes = 4 << 20;
constexpr size_t kMaxRank = 8;

tl::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorCode::kModelInvalid, "not a valid safetensors file: " + what);
}

Result<int64_t> to_size(const json::value& value) {
  boost::system::error_code error;
  const auto number = value.to_number<int64_t>(error);
  if (error || number < 0) return invalid("a shape or an offset is not a whole number");
  return number;
}

Result<std::vector<int64_t>> to_sizes(const json::object& entry, std::string_view key) {
  const auto* list = entry.if_contains(key);
  if (list == nullptr || !list->is_array()) return invalid(std::string(key) + " is missing");
  if (list->get_array().size() > kMaxRank) return invalid("a tensor has too many dimensions");
  std::vector<int64_t> sizes;
  for (const auto& item : list->get_array()) {
    TRY(const int64_t size, to_size(item));
    sizes.push_back(size);
  }
  return sizes;
}

Result<DataType> to_type(const json::object& entry) {
  const auto* type = entry.if_contains("dtype");
  if (type == nullptr || !type->is_string()) return invalid("dtype is missing");
  const std::string_view name(type->get_string());
  if (name == "F32") return DataType::kFloat32;
  if (name == "F16") return DataType::kFloat16;
  if (name == "BF16") return DataType::kBfloat16;
  return invalid("a tensor is of the type " + std::string(name) + ", not F32, F16 or BF16");
}

Result<TensorView> parse_tensor(const json::value& value, std::span<const std::byte> data) {
  const auto* entry = value.if_object();
  if (entry == nullptr) return invalid("an entry of the header is not an object");
  TensorView tensor;
  TRY(tensor.type, to_type(*entry));
  TRY(tensor.shape, to_sizes(*entry, "shape"));
  TRY(const auto offsets, to_sizes(*entry, "data_offsets"));
  if (offsets.size() != 2 || offsets[0] > offsets[1] || static_cast<uint64_t>(offsets[1]) > data.size())
    return invalid("a tensor lies outside the file, which may be cut short");
  uint64_t n_elements = 1;
  for (const int64_t n : tensor.shape)
    if (__builtin_mul_overflow(n_elements, static_cast<uint64_t>(n), &n_elements))
      return invalid("a shape is too large");
  const auto begin = static_cast<size_t>(offsets[0]);
  tensor.bytes = data.subspan(begin, static_cast<size_t>(offsets[1]) - begin);
  if (bytes_of(tensor.type, n_elements) != tensor.bytes.size())
    return invalid("a tensor's size does not fit its shape");
  return tensor;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

}  // namespace

Result<TensorsByName> parse_safetensors(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) return invalid("it is too short");
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.data(), kLengthBytes);
  if (header_bytes > kLongestHeaderBytes || header_bytes > file.size() - kLengthBytes)
    return invalid("the header's length is wrong");
  const auto header = file.subspan(kLengthBytes, header_bytes);
  boost::system::error_code error;
  const auto parsed = json::parse({reinterpret_cast<const char*>(header.data()), header.size()}, error);
  if (error || !parsed.is_object()) return invalid("the header is not a JSON object");
  TensorsByName tensors;
  for (const auto& [name, value] : parsed.get_object()) {
    if (name == "__metadata__") continue;
    TRY(auto tensor, parse_tensor(value, file.subspan(kLengthBytes + header_bytes)));
    tensors.emplace(name, std::move(tensor));
  }
  return tensors;
}

Result<std::vector<std::string>> parse_safetensors_index(std::string_view text) {
  const auto bad = [](const std::string& what) { return fail(ErrorCode::kModelInvalid, "not a valid index: " + what); };
  boost::system::error_code error;
  const auto parsed = json::parse({text.data(), text.size()}, error);
  const auto* map = error || !parsed.is_object() ? nullptr : parsed.get_object().if_contains("weight_map");
  if (map == nullptr || !map->is_object()) return bad("it has no weight_map");
  std::set<std::string> files;
  for (const auto& [tensor, file] : map->get_object()) {
    if (!file.is_string() || !is_plain_name(file.get_string())) return bad("a tensor's file has no plain name");
    files.emplace(file.get_string());
  }
  return std::vector<std::string>(files.begin(), files.end());
}

}  // namespace v2t
