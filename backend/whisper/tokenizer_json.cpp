// Reads tokenizer.json, vocabulary.json and vocabulary.txt into a Tokenizer.
#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "base/text.h"
#include "whisper/json_reading.h"
#include "whisper/tokenizer.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

namespace json = boost::json;

// Byte-level vocabularies write each byte as a printable character: itself where it is one, else 256 and on.
std::array<char32_t, 256> byte_characters() {
  std::array<char32_t, 256> out{};
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool is_printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    out[byte] = is_printable ? byte : next++;
  }
  return out;
}

// The bytes that a vocabulary's text stands for; nullopt when a character stands for none.
std::optional<std::string> bytes_of_name(std::string_view name) {
  static const auto kBytes = [] {
    std::array<int, 512> out{};
    out.fill(-1);
    const auto characters = byte_characters();
    for (size_t byte = 0; byte < 256; ++byte) out[characters[byte]] = static_cast<int>(byte);
    return out;
  }();
  std::string bytes;
  while (!name.empty()) {
    const auto c = front_code_point(name);
    if (c.value >= kBytes.size() || kBytes[c.value] < 0) return std::nullopt;
    bytes += static_cast<char>(kBytes[c.value]);
    name.remove_prefix(c.length);
  }
  return bytes;
}

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// "<|xx|>" -> "xx", for two or three small letters.
std::optional<std::string> language_code(std::string_view name) {
  if (name.size() < 6 || name.size() > 7 || !name.starts_with("<|") || !name.ends_with("|>")) return std::nullopt;
  const auto code = name.substr(2, name.size() - 4);
  const bool is_small = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return is_small ? std::optional(std::string(code)) : std::nullopt;
}

}  // namespace

class TokenizerParser {
 public:
  TokenizerParser(int n_vocabulary, const std::string& name) : n_vocabulary_(n_vocabulary), name_(name) {}

  Result<Tokenizer> run(std::string_view text) {
    TRY(const auto object, parse_object(text, name_));
    const auto* model = object.if_contains("model");
    if (model == nullptr || !model->is_object()) return invalid("it holds no model");
    TRY_VOID(read_vocabulary(model->get_object()));
    TRY_VOID(read_merges(model->get_object()));
    TRY_VOID(read_added(object));
    TRY_VOID(find_special());
    for (const auto& [token_name, id] : ids_) out_.names_[static_cast<size_t>(id)] = token_name;
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> invalid(const std::string& what) const { return invalid_model(name_, what); }

  Result<int> read_id(const json::value& value) const {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() >= n_vocabulary_)
      return invalid("a token's number is not below the model's " + std::to_string(n_vocabulary_));
    return static_cast<int>(value.get_int64());
  }

  Result<void> add_name(std::string_view name, int id) {
    const auto [at, is_new] = ids_.emplace(name, id);
    if (!is_new && at->second != id) return invalid("token \"" + at->first + "\" has two numbers");
    if (static_cast<size_t>(id) >= out_.bytes_.size()) {
      out_.bytes_.resize(static_cast<size_t>(id) + 1);
      out_.names_.resize(static_cast<size_t>(id) + 1);
    }
    return {};
  }

  Result<void> read_vocabulary(const json::object& model) {
    const auto* vocabulary = model.if_contains("vocab");
    if (vocabulary == nullptr || !vocabulary->is_object()) return invalid("it holds no vocabulary");
    std::vector<bool> taken(static_cast<size_t>(n_vocabulary_));
    for (const auto& [key, value] : vocabulary->get_object()) {
      const std::string_view token_name(key.data(), key.size());
      TRY(const int id, read_id(value));
      if (taken[static_cast<size_t>(id)]) return invalid("number " + std::to_string(id) + " has two tokens");
      taken[static_cast<size_t>(id)] = true;
      TRY_VOID(add_name(token_name, id));
      // A name outside the byte alphabet is a special token that stands among the others (<|endoftext|> of GPT-2 is
      // inside it, and is emptied by read_added).
      if (auto bytes = bytes_of_name(token_name)) out_.bytes_[static_cast<size_t>(id)] = std::move(*bytes);
    }
    return find_byte_tokens();
  }

  Result<void> find_byte_tokens() {
    for (const char32_t character : byte_characters()) {
      std::string token_name;
      append_utf8(token_name, character);
      const auto at = ids_.find(token_name);
      if (at == ids_.end()) return invalid("it lacks the token of a byte");
      out_.byte_tokens_.push_back(at->second);
    }
    return {};
  }

  Result<void> read_merges(const json::object& model) {
    const auto* merges = model.if_contains("merges");
    if (merges == nullptr || !merges->is_array()) return invalid("it holds no merges");
    int rank = 0;
    for (const auto& merge : merges->get_array()) TRY_VOID(read_merge(merge, rank++));
    return {};
  }

  // ["a", "b"] or "a b".
  Result<void> read_merge(const json::value& merge, int rank) {
    std::string_view left;
    std::string_view right;
    if (merge.is_string()) {
      const auto text = view(merge.get_string());
      const size_t space = text.find(' ');
      if (space == std::string_view::npos) return invalid("a merge has one part");
      left = text.substr(0, space);
      right = text.substr(space + 1);
    } else if (merge.is_array() && merge.get_array().size() == 2 && merge.get_array()[0].is_string() &&
               merge.get_array()[1].is_string()) {
      left = view(merge.get_array()[0].get_string());
      right = view(merge.get_array()[1].get_string());
    } else {
      return invalid("a merge is neither a text nor a pair");
    }
    const auto a = ids_.find(std::string(left));
    const auto b = ids_.find(std::string(right));
    const auto merged = ids_.find(std::string(left) + std::string(right));
    if (a == ids_.end() || b == ids_.end() || merged == ids_.end()) return invalid("a merge names an unknown token");
    out_.merges_.emplace(Tokenizer::pair_key(a->second, b->second), Tokenizer::Merge{rank, merged->second});
    return {};
  }

  Result<void> read_added(const json::object& object) {
    const auto* added = object.if_contains("added_tokens");
    if (added == nullptr || !added->is_array()) return invalid("it holds no added_tokens");
    for (const auto& token : added->get_array()) {
      const auto* id = token.is_object() ? token.get_object().if_contains("id") : nullptr;
      const auto* content = token.is_object() ? token.get_object().if_contains("content") : nullptr;
      if (id == nullptr || content == nullptr || !content->is_string()) return invalid("an added token is incomplete");
      TRY(const int number, read_id(*id));
      TRY_VOID(add_name(view(content->get_string()), number));
      out_.bytes_[static_cast<size_t>(number)].clear();
      if (auto code = language_code(view(content->get_string())))
        out_.special_.languages.emplace_back(std::move(*code), number);
    }
    return {};
  }

  Result<void> find_token(std::initializer_list<const char*> token_names, int& out) const {
    for (const char* token_name : token_names) {
      const auto at = ids_.find(token_name);
      if (at == ids_.end()) continue;
      out = at->second;
      return {};
    }
    return invalid(std::string("it lacks the token ") + *token_names.begin());
  }

  Result<void> find_special() {
    auto& special = out_.special_;
    TRY_VOID(find_token({"<|endoftext|>"}, special.end_of_text));
    TRY_VOID(find_token({"<|startoftranscript|>"}, special.start_of_transcript));
    TRY_VOID(find_token({"<|translate|>"}, special.translate));
    TRY_VOID(find_token({"<|transcribe|>"}, special.transcribe));
    TRY_VOID(find_token({"<|startoflm|>"}, special.start_of_lm));
    TRY_VOID(find_token({"<|startofprev|>"}, special.start_of_previous));
    TRY_VOID(find_token({"<|nospeech|>", "<|nocaptions|>"}, special.no_speech));
    TRY_VOID(find_token({"<|notimestamps|>"}, special.no_timestamps));
    special.timestamp_begin = special.no_timestamps + 1;
    if (const auto first = ids_.find("<|0.00|>"); first != ids_.end() && first->second != special.timestamp_begin)
      return invalid("its timestamps do not follow <|notimestamps|>");
    if (special.timestamp_begin + kMaxTimestamp >= n_vocabulary_)
      return invalid("the model has no room for timestamps");
    std::sort(special.languages.begin(), special.languages.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [code, token] : special.languages)
      if (token < special.end_of_text) return invalid("its language tokens stand among those of text");
    return check_order();
  }

  // "Text" is what stands before the end-of-text token: all decoding rules count on it.
  Result<void> check_order() const {
    const auto& s = out_.special_;
    for (const int token : {s.start_of_transcript, s.translate, s.transcribe, s.start_of_lm, s.start_of_previous,
                            s.no_speech, s.no_timestamps})
      if (token <= s.end_of_text || token >= s.timestamp_begin) return invalid("its special tokens are out of order");
    return {};
  }

  static constexpr int kMaxTimestamp = 1500;  // <|30.00|>

  int n_vocabulary_;
  const std::string& name_;
  std::unordered_map<std::string, int> ids_;
  Tokenizer out_;
};

Result<Tokenizer> Tokenizer::parse(std::string_view tokenizer_json, int n_vocabulary, const std::string& name) {
  return TokenizerParser(n_vocabulary, name).run(tokenizer_json);
}

namespace {

Result<std::vector<std::string>> vocabulary_names(std::string_view text, const std::string& name) {
  std::vector<std::string> names;
  if (!trim(text).starts_with('[')) {
    names = split(text, '\n');
    if (!names.empty() && names.back().empty()) names.pop_back();
    return names;
  }
  boost::system::error_code error;
  const auto list = json::parse({text.data(), text.size()}, error);
  if (error || !list.is_array()) return invalid_model(name, "it is not valid JSON");
  for (const auto& token : list.get_array()) {
    if (!token.is_string()) return invalid_model(name, "a token is not a text");
    names.emplace_back(view(token.get_string()));
  }
  return names;
}

}  // namespace

Result<void> Tokenizer::check_vocabulary(std::string_view vocabulary, const std::string& name) {
  TRY(auto names, vocabulary_names(vocabulary, name));
  for (size_t id = 0; id < names.size(); ++id) {
    const bool is_known = id < names_.size() && !names_[id].empty();
    if (is_known && names_[id] != names[id] && !names[id].empty())
      return invalid_model(name, "token " + std::to_string(id) + " differs from tokenizer.json's");
    if (is_known || !is_text(static_cast<int>(id)) || !is_valid_utf8(names[id])) continue;
    if (id >= bytes_.size()) bytes_.resize(id + 1);
    if (auto bytes = bytes_of_name(names[id])) bytes_[id] = std::move(*bytes);
  }
  return {};
}

}  // namespace v2t::whisper
