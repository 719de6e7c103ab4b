// Reads tokenizer.json event by event.
#include "whisper/tokenizer_lists.h"

#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <functional>

#include "whisper/json_reading.h"

namespace v2t::whisper {
namespace {

namespace json = boost::json;
using std::string_view;
using Problem = boost::system::error_code;

constexpr size_t kMaxDepth = 16;
constexpr int64_t kMaxId = 1 << 30;

// What the parser of Boost.JSON tells, told to the lists. All events return true: to go on.
class ListsHandler {
 public:
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;

  explicit ListsHandler(string_view text) : text_(text) {}

  bool on_document_begin(Problem&) { return true; }
  bool on_document_end(Problem&) { return true; }

  bool on_object_begin(Problem&) { return enter(Kind::kObject); }
  bool on_object_end(size_t, Problem&) {
    if (place() == Place::kAddedToken) end_added_token();
    return leave();
  }
  bool on_array_begin(Problem&) { return enter(Kind::kArray); }
  bool on_array_end(size_t, Problem&) {
    if (place() == Place::kMerge) end_merge();
    return leave();
  }

  bool on_key_part(json::string_view part, size_t, Problem&) { return collect(part); }
  bool on_key(json::string_view rest, size_t, Problem&) {
    key_ = whole(rest);
    return true;
  }
  bool on_string_part(json::string_view part, size_t, Problem&) { return collect(part); }
  bool on_string(json::string_view rest, size_t, Problem&) {
    take_string(whole(rest));
    return true;
  }

  bool on_number_part(json::string_view, Problem&) { return true; }
  bool on_int64(int64_t number, json::string_view, Problem&) {
    return take_other(number < 0 || number > kMaxId ? -1 : static_cast<int>(number));
  }
  bool on_uint64(uint64_t, json::string_view, Problem&) { return take_other(-1); }
  bool on_double(double, json::string_view, Problem&) { return take_other(-1); }
  bool on_bool(bool, Problem&) { return take_other(-1); }
  bool on_null(Problem&) { return take_other(-1); }
  bool on_comment_part(json::string_view, Problem&) { return true; }
  bool on_comment(json::string_view, Problem&) { return true; }

  bool is_object() const { return is_object_; }
  const char* complaint() const { return complaint_; }  // null: none
  TokenizerLists take() { return std::move(lists_); }

 private:
  enum class Kind { kObject, kArray };
  enum class Place {
    kOutside,
    kFile,
    kModel,
    kVocabulary,
    kMerges,
    kMerge,  // a pair
    kAdded,
    kAddedToken,
    kElsewhere,
  };

  Place place() const { return places_[depth_]; }

  bool enter(Kind kind) {
    const Place next = kind == Kind::kObject ? object_within(place()) : array_within(place());
    CHECK(depth_ + 1 < places_.size());  // the parser has a limit
    places_[++depth_] = next;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  Place object_within(Place outer) {
    if (outer == Place::kOutside) {
      is_object_ = true;
      return Place::kFile;
    }
    if (outer == Place::kFile && key_ == "model") {
      lists_.has_model = true;
      return Place::kModel;
    }
    if (outer == Place::kModel && key_ == "vocab") {
      lists_.vocabulary.emplace();
      return Place::kVocabulary;
    }
    if (outer == Place::kAdded) {
      added_ = {};
      has_name_ = has_id_ = false;
      return Place::kAddedToken;
    }
    take_other(-1);
    return Place::kElsewhere;
  }

  Place array_within(Place outer) {
    if (outer == Place::kModel && key_ == "merges") {
      lists_.merges.emplace();
      return Place::kMerges;
    }
    if (outer == Place::kFile && key_ == "added_tokens") {
      lists_.added.emplace();
      return Place::kAdded;
    }
    if (outer == Place::kMerges) {
      n_parts_ = 0;
      return Place::kMerge;
    }
    take_other(-1);
    return Place::kElsewhere;
  }

  void take_string(string_view text) {
    switch (place()) {
      case Place::kMerges:
        return take_merge(text);
      case Place::kMerge:
        if (n_parts_ < parts_.size()) parts_[n_parts_] = text;
        ++n_parts_;
        return;
      case Place::kAddedToken:
        if (key_ == "content") {
          added_.name = text;
          has_name_ = true;
        }
        has_id_ = has_id_ || key_ == "id";  // of no number
        return;
      default:
        take_other(-1);
    }
  }

  // A value that is not a text.
  bool take_other(int number) {
    switch (place()) {
      case Place::kVocabulary:
        lists_.vocabulary->push_back({key_, number});
        break;
      case Place::kMerges:
      case Place::kMerge:
        complain("a merge is neither a text nor a pair");
        break;
      case Place::kAdded:
        complain("an added token is incomplete");
        break;
      case Place::kAddedToken:
        if (key_ == "id") {
          added_.id = number;
          has_id_ = true;
        }
        break;
      default:
        break;
    }
    return true;
  }

  // "a b"
  void take_merge(string_view text) {
    const size_t space = text.find(' ');
    if (space == string_view::npos) return complain("a merge has one part");
    lists_.merges->emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  void end_merge() {
    if (n_parts_ != parts_.size()) return complain("a merge is neither a text nor a pair");
    lists_.merges->emplace_back(parts_[0], parts_[1]);
  }
  void end_added_token() {
    if (!has_name_ || !has_id_) return complain("an added token is incomplete");
    lists_.added->push_back(added_);
  }

  void complain(const char* what) {
    if (complaint_ == nullptr) complaint_ = what;
  }

  bool collect(json::string_view part) {
    partial_.append(part.data(), part.size());
    return true;
  }
  // A text of which this is the last part. Kept where it is not as it stands in the file.
  string_view whole(json::string_view rest) {
    const bool is_in_file = !std::less<>()(rest.data(), text_.data()) &&
                            !std::less<>()(text_.data() + text_.size(), rest.data() + rest.size());
    if (partial_.empty() && is_in_file) return {rest.data(), rest.size()};
    collect(rest);
    lists_.unescaped.push_back(std::move(partial_));
    partial_.clear();
    return lists_.unescaped.back();
  }

  const string_view text_;
  TokenizerLists lists_;
  std::array<Place, kMaxDepth + 2> places_{};  // from the outside in
  size_t depth_ = 0;
  bool is_object_ = false;
  string_view key_;  // the last that was read
  std::string partial_;
  std::array<string_view, 2> parts_;  // of a merge
  size_t n_parts_ = 0;
  TokenizerLists::Token added_;
  bool has_name_ = false;
  bool has_id_ = false;
  const char* complaint_ = nullptr;
};

}  // namespace

Result<TokenizerLists> read_tokenizer_lists(string_view tokenizer_json, const std::string& name) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<ListsHandler> parser(options, tokenizer_json);
  Problem problem;
  const size_t n_read = parser.write_some(/*more=*/false, tokenizer_json.data(), tokenizer_json.size(), problem);
  if (!problem && n_read < tokenizer_json.size()) problem = json::make_error_code(json::error::extra_data);
  if (problem) return invalid_model(name, "it is not valid JSON (" + problem.message() + ")");
  if (!parser.handler().is_object()) return invalid_model(name, "it is not a JSON object");
  if (parser.handler().complaint() != nullptr) return invalid_model(name, parser.handler().complaint());
  return parser.handler().take();
}

}  // namespace v2t::whisper
