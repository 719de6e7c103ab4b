// The safetensors format.
#include "speech/safetensors.h"

#include <bit>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstring>

namespace v2t::speech {
namespace {

namespace json = boost::json;
static_assert(std::endian::native == std::endian::little);

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kLongestHeaderBytes = 1 << 20;

tl::unexpected<Error> invalid(const std::string& what) {
  return fail(ErrorCode::kModelInvalid, "not a valid safetensors file: " + what);
}

Result<size_t> to_size(const json::value& value) {
  boost::system::error_code error;
  const auto number = value.to_number<uint64_t>(error);
  if (error) return invalid("a shape or an offset is not a whole number");
  return number;
}

Result<std::vector<size_t>> to_sizes(const json::object& entry, std::string_view key) {
  const auto* list = entry.if_contains(key);
  if (list == nullptr || !list->is_array()) return invalid(std::string(key) + " is missing");
  std::vector<size_t> sizes;
  for (const auto& item : list->get_array()) {
    TRY(const size_t size, to_size(item));
    sizes.push_back(size);
  }
  return sizes;
}

Result<Tensor> parse_tensor(const json::value& value, std::span<const std::byte> data) {
  const auto* entry = value.if_object();
  if (entry == nullptr) return invalid("an entry of the header is not an object");
  const auto* type = entry->if_contains("dtype");
  if (type == nullptr || !type->is_string() || type->get_string() != "F32")
    return invalid("a tensor is not of type F32");
  TRY(auto shape, to_sizes(*entry, "shape"));
  TRY(const auto offsets, to_sizes(*entry, "data_offsets"));
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size())
    return invalid("a tensor lies outside the file, which may be cut short");
  const size_t size_bytes = offsets[1] - offsets[0];
  size_t expected_bytes = sizeof(float);
  for (const size_t n : shape)
    if (__builtin_mul_overflow(expected_bytes, n, &expected_bytes)) return invalid("a shape is too large");
  if (expected_bytes != size_bytes) return invalid("a tensor's size does not fit its shape");
  return Tensor{std::move(shape), data.subspan(offsets[0], size_bytes)};
}

}  // namespace

std::vector<float> Tensor::values() const {
  std::vector<float> out(bytes.size() / sizeof(float));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

Result<std::map<std::string, Tensor>> parse_safetensors(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) return invalid("it is too short");
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file.data(), kLengthBytes);
  if (header_bytes > kLongestHeaderBytes || header_bytes > file.size() - kLengthBytes)
    return invalid("the header's length is wrong");
  const auto header = file.subspan(kLengthBytes, header_bytes);
  boost::system::error_code error;
  const auto parsed = json::parse({reinterpret_cast<const char*>(header.data()), header.size()}, error);
  if (error || !parsed.is_object()) return invalid("the header is not a JSON object");
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, value] : parsed.get_object()) {
    if (name == "__metadata__") continue;
    TRY(auto tensor, parse_tensor(value, file.subspan(kLengthBytes + header_bytes)));
    tensors.emplace(name, std::move(tensor));
  }
  return tensors;
}

}  // namespace v2t::speech
