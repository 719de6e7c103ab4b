// JSON of model files.
#include "whisper/json_reading.h"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

namespace v2t::whisper {

namespace json = boost::json;

tl::unexpected<Error> invalid_model(const std::string& name, const std::string& what) {
  return fail(ErrorCode::kModelInvalid, name + ": " + what + "; delete it and let it be downloaded again");
}

json::storage_ptr memory_for(std::string_view text) {
  return json::make_shared_resource<json::monotonic_resource>(std::max<size_t>(text.size(), 1024));
}

Result<json::object> parse_object(std::string_view text, const std::string& name) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  auto value = json::parse({text.data(), text.size()}, error, memory_for(text), options);
  if (error) return invalid_model(name, "it is not valid JSON (" + error.message() + ")");
  if (!value.is_object()) return invalid_model(name, "it is not a JSON object");
  return std::move(value.get_object());
}

Result<std::vector<int>> read_integers(const json::object& object, std::string_view key, int limit,
                                       const std::string& name) {
  std::vector<int> out;
  const auto* member = object.if_contains({key.data(), key.size()});
  if (member == nullptr || member->is_null()) return out;
  const auto bad = [&] { return invalid_model(name, std::string(key) + " is not a list of numbers in range"); };
  if (!member->is_array()) return bad();
  for (const auto& element : member->get_array()) {
    if (!element.is_int64() || element.get_int64() < 0 || element.get_int64() >= limit) return bad();
    out.push_back(static_cast<int>(element.get_int64()));
  }
  return out;
}

}  // namespace v2t::whisper
