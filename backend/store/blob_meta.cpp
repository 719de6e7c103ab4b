// Descriptions of blobs as JSON.
#include "store/blob_meta.h"

#include <boost/json.hpp>

namespace v2t::store {
namespace {

namespace json = boost::json;

}  // namespace

std::string blob_meta_to_json(const BlobInfo& info) {
  json::object object{
      {"owner", info.owner}, {"name", info.name}, {"created_ms", info.created.time_since_epoch().count()}};
  if (info.final_size_bytes) object["size_bytes"] = *info.final_size_bytes;
  return json::serialize(object);
}

Result<BlobInfo> blob_meta_from_json(const BlobId& id, const std::string& text) {
  json::error_code error;
  const json::value value = json::parse(text, error);
  const json::object* object = error ? nullptr : value.if_object();
  const auto field = [&](std::string_view name) { return object == nullptr ? nullptr : object->if_contains(name); };
  const json::value* owner = field("owner");
  const json::value* name = field("name");
  const json::value* created = field("created_ms");
  const json::value* size = field("size_bytes");
  const auto is_size = [](const json::value& number) { return number.is_int64() && number.get_int64() >= 0; };
  if (owner == nullptr || !owner->is_string() || name == nullptr || !name->is_string() || created == nullptr ||
      !created->is_int64() || (size != nullptr && !is_size(*size)))
    return fail(ErrorCode::kInternal, "the description of the upload " + id + " is damaged; delete it");
  BlobInfo info;
  info.id = id;
  info.owner = std::string(owner->get_string());
  info.name = std::string(name->get_string());
  info.created = WallTime(std::chrono::milliseconds(created->get_int64()));
  if (size != nullptr) info.final_size_bytes = static_cast<uint64_t>(size->get_int64());
  return info;
}

}  // namespace v2t::store
