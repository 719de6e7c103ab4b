// Keys and their owners.
#include "app/services/keys.h"

#include <algorithm>

#include "app/services/tokens.h"
#include "base/text.h"

namespace v2t {
namespace {

constexpr std::string_view kPrefix = "v2t_";
constexpr size_t kMaxNameLength = 64;
constexpr size_t kLeastSecretLength = 16;
constexpr size_t kIdLength = 26;
// A request is no reason to write to the disk.
constexpr auto kUsedPrecision = std::chrono::hours(1);

bool is_key_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameLength && std::ranges::all_of(name, is_allowed);
}

// The same name is the same owner at every start: an id of [a-p] from the name's hash.
OwnerId owner_of_name(const std::string& name) {
  std::string id = hash_of("owner of the given key " + name).substr(0, kIdLength);
  for (char& c : id) c = static_cast<char>('a' + (c <= '9' ? c - '0' : c - 'a' + 10));
  return id;
}

}  // namespace

Result<GivenKeys> parse_given_keys(const std::string& text) {
  GivenKeys keys;
  if (trim(text).empty()) return keys;
  for (const auto& part : split(text, ',')) {
    const std::string_view pair = trim(part);
    const size_t equals = pair.find('=');
    const std::string name(pair.substr(0, equals));
    const std::string secret(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!is_key_name(name) || secret.size() < kLeastSecretLength)
      return fail(ErrorCode::kInvalidArgument,
                  "takes NAME=SECRET,NAME=SECRET with secrets of at least 16 characters without commas");
    keys[name] = secret;
  }
  return keys;
}

Keys::Keys(OwnerStore& owners, const Clock& clock, const GivenKeys& given) : owners_(owners), clock_(clock) {
  for (const auto& [name, secret] : given) given_[hash_of(secret)] = owner_of_name(name);
}

Result<std::string> Keys::create(const std::string& name) {
  if (!is_key_name(name))
    return fail(ErrorCode::kInvalidArgument,
                "a key's name has 1 to 64 letters, digits, dots, dashes and underscores, such as laptop");
  std::string key = std::string(kPrefix) + new_token();
  TRY_VOID(owners_.create_key(name, hash_of(key)));
  return key;
}

Result<std::vector<ApiKey>> Keys::list() { return owners_.keys(); }

Result<void> Keys::revoke(const std::string& name) { return owners_.revoke_key(name); }

Result<bool> Keys::has_any() {
  if (!given_.empty()) return true;
  TRY(const auto keys, owners_.keys());
  return std::ranges::any_of(keys, [](const ApiKey& key) { return !key.revoked; });
}

Result<std::optional<OwnerId>> Keys::find(std::string_view key) {
  const std::string hash = hash_of(key);
  if (const auto given = given_.find(hash); given != given_.end()) return given->second;
  const bool has_form = key.starts_with(kPrefix) && is_token(key.substr(kPrefix.size()));
  if (!has_form) return std::nullopt;
  TRY(const std::optional<ApiKey> found, owners_.find_key(hash));
  if (!found) return std::nullopt;
  if (!found->last_used || clock_.now() - *found->last_used > kUsedPrecision) TRY_VOID(owners_.touch_key(found->name));
  return found->owner;
}

}  // namespace v2t
