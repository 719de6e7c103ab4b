// Parsing of tus headers.
#include "app/http/tus.h"

#include <array>

#include "app/http/head.h"
#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Four characters to 24 bits; padding counts as zero.
std::optional<uint32_t> quad(std::string_view text) {
  uint32_t bits = 0;
  for (const char c : text) {
    const size_t value = c == '=' ? 0 : kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<uint32_t>(value);
  }
  return bits;
}

}  // namespace

Outcome<void> check_tus_version(const Headers& headers) {
  if (headers.find("Tus-Resumable") == "1.0.0") return {};
  Problem problem(412, {ErrorCode::kInvalidArgument, "send Tus-Resumable: 1.0.0"}, "Tus-Resumable");
  problem.headers.add("Tus-Version", "1.0.0");
  return refuse(std::move(problem));
}

Outcome<uint64_t> number_header(const Headers& headers, std::string_view name) {
  const auto text = headers.find(name);
  const auto number = text ? parse_number(*text) : std::nullopt;
  // Sizes are signed in file systems.
  if (!number || *number > INT64_MAX)
    return refuse({ErrorCode::kInvalidArgument, std::string(name) + " must be a number of bytes", std::string(name)});
  return *number;
}

Outcome<std::string> upload_metadata(std::string_view header, std::string_view key) {
  std::string found;
  if (trim(header).empty()) return found;
  for (const auto& part : split(header, ',')) {
    const std::string_view pair = trim(part);
    const size_t space = pair.find(' ');
    const std::string_view name = pair.substr(0, space);
    const auto value = decode_base64(space == std::string_view::npos ? std::string_view() : trim(pair.substr(space)));
    if (name.empty() || !value)
      return refuse({ErrorCode::kInvalidArgument, "Upload-Metadata must be pairs of a key and a base64 value",
                     "Upload-Metadata"});
    if (name == key) found = *value;
  }
  return found;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string decoded;
  for (size_t i = 0; i < text.size(); i += 4) {
    const std::string_view group = text.substr(i, 4);
    const size_t padding = group.find('=');
    const bool is_last = i + 4 == text.size();
    if (padding != std::string_view::npos &&
        (!is_last || padding < 2 || group.substr(padding).find_first_not_of('=') != std::string_view::npos))
      return std::nullopt;
    const auto bits = quad(group);
    if (!bits) return std::nullopt;
    const std::array<char, 3> bytes{static_cast<char>(*bits >> 16U), static_cast<char>(*bits >> 8U & 255U),
                                    static_cast<char>(*bits & 255U)};
    decoded.append(bytes.data(), padding == std::string_view::npos ? 3 : padding - 1);
  }
  return decoded;
}

std::string effective_method(const Request& request) {
  const auto wanted = request.headers.find("X-HTTP-Method-Override");
  const bool is_taken = request.method == "POST" && (wanted == "PATCH" || wanted == "DELETE");
  return is_taken ? std::string(*wanted) : request.method;
}

}  // namespace v2t::http
