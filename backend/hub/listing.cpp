// Parsing of what the hub says: listing, hashes, sizes, ranges.
#include "hub/listing.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "hub/model_folder.h"

namespace v2t::hub {
namespace {

bool is_hex(std::string_view text, size_t length) {
  return text.size() == length &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<std::vector<std::string>> needed_of(const boost::json::array& siblings, const std::string& repository) {
  std::vector<std::string> present;
  for (const auto& sibling : siblings) {
    const auto* object = sibling.if_object();
    const auto* name = object == nullptr ? nullptr : object->if_contains("rfilename");
    if (name != nullptr && name->is_string()) present.emplace_back(name->get_string());
  }
  const auto layout = layout_of(present);
  if (!layout) return wrap(layout.error(), "repository " + repository);
  return files_of(*layout);
}

}  // namespace

bool is_content_hash(std::string_view text) { return is_hex(text, 64) || is_hex(text, 40); }

bool is_commit(std::string_view text) { return is_hex(text, 40); }

std::string_view bare_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

Digest digest_for(std::string_view hash, uint64_t size_bytes) {
  CHECK(is_content_hash(hash));
  return hash.size() == 64 ? Digest::sha256() : Digest::git_blob(size_bytes);
}

std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const size_t dash = text.find('-');
  const size_t slash = text.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) return std::nullopt;
  const auto first = parse_size(text.substr(0, dash));
  const auto last = parse_size(text.substr(dash + 1, slash - dash - 1));
  const auto total = parse_size(text.substr(slash + 1));
  if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
  return ContentRange{*first, *total};
}

Result<Listing> parse_listing(std::string_view json, const std::string& repository) {
  const std::string what = "the hub's answer about " + repository;
  boost::json::error_code error;
  const auto value = boost::json::parse(json, error);
  const auto* object = error ? nullptr : value.if_object();
  if (object == nullptr)
    return fail(ErrorCode::kUnavailable, what + " is not JSON; a proxy or login page may be in between");
  const auto* commit = object->if_contains("sha");
  const auto* siblings = object->if_contains("siblings");
  if (commit == nullptr || !commit->is_string() || !is_commit(commit->get_string()) || siblings == nullptr ||
      !siblings->is_array())
    return fail(ErrorCode::kUnavailable, what + " has no commit or no files; is HF_ENDPOINT a hub?");
  TRY(auto files, needed_of(siblings->get_array(), repository));
  return Listing{std::string(commit->get_string()), std::move(files)};
}

}  // namespace v2t::hub
