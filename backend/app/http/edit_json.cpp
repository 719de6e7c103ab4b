// Parsing of changes and entity tags.
#include "app/http/edit_json.h"

#include <boost/json.hpp>
#include <cmath>

#include "app/http/head.h"
#include "app/http/json_body.h"
#include "base/text.h"

namespace v2t::http {
namespace {

namespace json = boost::json;

constexpr size_t kMostChanges = 2000;
constexpr size_t kMostWords = 2000;
constexpr size_t kMostTextLength = 10'000;
constexpr size_t kMostWordLength = 1000;
constexpr size_t kMostTags = 100;
constexpr uint64_t kMostNumber = 1'000'000'000'000'000;  // of times and ids; a double holds them all

// JSON knows one kind of number: 3.0 is 3.
std::optional<uint64_t> whole_number(const json::value& value) {
  if (value.is_int64() && value.get_int64() >= 0 && value.to_number<uint64_t>() <= kMostNumber)
    return value.to_number<uint64_t>();
  if (value.is_uint64() && value.get_uint64() <= kMostNumber) return value.get_uint64();
  if (!value.is_double()) return std::nullopt;
  const double number = value.get_double();
  if (!(number >= 0 && number <= static_cast<double>(kMostNumber)) || std::trunc(number) != number) return std::nullopt;
  return static_cast<uint64_t>(number);
}

// One line: control characters become spaces.
std::string clean(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return result;
}

// Reads the fields of one JSON object.
class Fields {
 public:
  Fields(const json::object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}

  std::string name(std::string_view field) const { return prefix_ + std::string(field); }
  Outcome<void> only(std::initializer_list<std::string_view> known) const {
    return check_fields(object_, known, prefix_);
  }

  Outcome<std::optional<uint64_t>> number(std::string_view field) const {
    const auto* value = object_.if_contains(field);
    if (value == nullptr) return std::nullopt;
    const auto number = whole_number(*value);
    if (!number) return wrong(name(field), "a whole number from 0 on");
    return number;
  }
  Outcome<uint64_t> required_number(std::string_view field) const {
    ATTEMPT(const auto found, number(field));
    if (!found) return wrong(name(field), "given");
    return *found;
  }
  Outcome<std::optional<Millis>> time(std::string_view field) const {
    ATTEMPT(const auto found, number(field));
    return found ? std::optional(Millis(*found)) : std::nullopt;
  }
  Outcome<Millis> required_time(std::string_view field) const {
    ATTEMPT(const uint64_t found, required_number(field));
    return Millis(found);
  }
  Outcome<std::optional<std::string>> text(std::string_view field, size_t most) const {
    const auto* value = object_.if_contains(field);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) return wrong(name(field), "a string");
    const std::string_view found = value->get_string();
    if (utf8_length(found) > most) return wrong(name(field), "at most " + std::to_string(most) + " characters long");
    return clean(found);
  }
  Outcome<bool> flag(std::string_view field, bool fallback) const {
    const auto* value = object_.if_contains(field);
    if (value == nullptr) return fallback;
    if (!value->is_bool()) return wrong(name(field), "true or false");
    return value->get_bool();
  }
  const json::value* find(std::string_view field) const { return object_.if_contains(field); }

 private:
  const json::object& object_;
  std::string prefix_;
};

Outcome<Word> read_word(const json::value& value, const std::string& place) {
  if (!value.is_object()) return wrong(place, "an object");
  const Fields fields(value.get_object(), place + ".");
  ATTEMPT_VOID(fields.only({"text", "start_ms", "end_ms", "checked", "probability"}));
  Word word;
  ATTEMPT(const auto text, fields.text("text", kMostWordLength));
  if (!text || trim(*text).empty()) return wrong(fields.name("text"), "a text that is not empty");
  word.text = *text;
  ATTEMPT(word.start, fields.required_time("start_ms"));
  ATTEMPT(word.end, fields.required_time("end_ms"));
  ATTEMPT(word.checked, fields.flag("checked", true));
  word.probability = 1;
  if (const auto* probability = fields.find("probability")) {
    const double given = probability->is_number() ? probability->to_number<double>() : -1;
    if (!(given >= 0 && given <= 1)) return wrong(fields.name("probability"), "a number from 0 to 1");
    word.probability = static_cast<float>(given);
  }
  return word;
}

Outcome<std::optional<std::vector<Word>>> read_words(const Fields& fields) {
  const auto* value = fields.find("words");
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() || value->get_array().size() > kMostWords)
    return wrong(fields.name("words"), "an array of at most " + std::to_string(kMostWords) + " words");
  std::vector<Word> words;
  for (const auto& item : value->get_array()) {
    ATTEMPT(Word word, read_word(item, fields.name("words") + "[" + std::to_string(words.size()) + "]"));
    words.push_back(std::move(word));
  }
  return words;
}

Outcome<TextChange> read_insertion(const json::value& value, const std::string& place) {
  if (!value.is_object()) return wrong(place, "an object");
  const Fields fields(value.get_object(), place + ".");
  ATTEMPT_VOID(fields.only({"id", "start_ms", "end_ms", "text", "words", "language"}));
  SegmentInsertion change;
  ATTEMPT(change.id, fields.number("id"));
  ATTEMPT(change.start, fields.required_time("start_ms"));
  ATTEMPT(change.end, fields.required_time("end_ms"));
  ATTEMPT(const auto text, fields.text("text", kMostTextLength));
  if (!text) return wrong(fields.name("text"), "given");
  change.text = *text;
  ATTEMPT(change.words, read_words(fields));
  const auto* language = fields.find("language");
  if (language == nullptr || language->is_null()) return change;
  ATTEMPT(const auto code, fields.text("language", 10));
  change.language = code.value_or("");
  return change;
}

Outcome<TextChange> read_change(const json::value& value, const std::string& place) {
  if (!value.is_object()) return wrong(place, "an object");
  const Fields fields(value.get_object(), place + ".");
  if (const auto* insertion = fields.find("insert")) {
    ATTEMPT_VOID(fields.only({"insert"}));
    return read_insertion(*insertion, fields.name("insert"));
  }
  ATTEMPT(const uint64_t segment, fields.required_number("segment"));
  if (fields.find("delete") != nullptr) {
    ATTEMPT_VOID(fields.only({"segment", "delete"}));
    ATTEMPT(const bool is_meant, fields.flag("delete", false));
    if (!is_meant) return wrong(fields.name("delete"), "true");
    return SegmentDeletion{segment};
  }
  ATTEMPT_VOID(fields.only({"segment", "text", "words", "start_ms", "end_ms"}));
  SegmentChange change;
  change.segment = segment;
  ATTEMPT(change.text, fields.text("text", kMostTextLength));
  ATTEMPT(change.words, read_words(fields));
  ATTEMPT(change.start, fields.time("start_ms"));
  ATTEMPT(change.end, fields.time("end_ms"));
  return change;
}

// Takes one entity tag from the front; nothing when there is none.
std::optional<std::string_view> take_tag(std::string_view& text) {
  const bool is_weak = text.starts_with("W/");
  const size_t begin = is_weak ? 2 : 0;
  if (text.size() <= begin || text[begin] != '"') return std::nullopt;
  const size_t end = text.find('"', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tag = text.substr(begin + 1, end - begin - 1);
  text.remove_prefix(end + 1);
  return is_weak ? std::string_view() : tag;  // a weak one never matches here
}

std::optional<uint64_t> version_of(std::string_view tag) {
  if (!tag.starts_with('v')) return std::nullopt;
  return parse_number(tag.substr(1));
}

}  // namespace

Outcome<std::vector<TextChange>> parse_changes(const json::object& body) {
  ATTEMPT_VOID(check_fields(body, {"changes"}, ""));
  const auto* value = body.if_contains("changes");
  if (value == nullptr || !value->is_array() || value->get_array().empty() || value->get_array().size() > kMostChanges)
    return wrong("changes", "an array of 1 to " + std::to_string(kMostChanges) + " changes");
  std::vector<TextChange> changes;
  for (const auto& item : value->get_array()) {
    ATTEMPT(TextChange change, read_change(item, "changes[" + std::to_string(changes.size()) + "]"));
    changes.push_back(std::move(change));
  }
  return changes;
}

Outcome<IfMatch> parse_if_match(const Headers& headers) {
  const auto header = headers.find("If-Match");
  if (!header)
    return refuse(
        {ErrorCode::kPreconditionRequired, "send If-Match with the ETag of the transcript, or *", "If-Match"});
  IfMatch match;
  std::string_view text = trim(*header);
  match.is_any = text == "*";
  if (match.is_any) return match;
  for (size_t n = 0; n < kMostTags; ++n) {
    const auto tag = take_tag(text);
    if (!tag) break;
    if (const auto version = version_of(*tag)) match.versions.push_back(*version);
    text = trim(text);
    if (text.empty()) return match;
    if (text.front() != ',') break;
    text = trim(text.substr(1));
  }
  return refuse({ErrorCode::kInvalidArgument, "If-Match must be entity tags in quotes, or *", "If-Match"});
}

std::string version_tag(uint64_t version) { return "\"v" + std::to_string(version) + "\""; }

}  // namespace v2t::http
