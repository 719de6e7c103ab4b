// Puts a Tokenizer together.
#include "whisper/tokenizer_builder.h"

#include <algorithm>
#include <array>
#include <functional>

#include "whisper/json_reading.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

constexpr int kMaxTimestamp = 1500;  // <|30.00|>

// By byte.
std::array<char32_t, 256> byte_characters() {
  std::array<char32_t, 256> out{};
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool is_printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    out[byte] = is_printable ? byte : next++;
  }
  return out;
}

// "<|xx|>" -> "xx", for two or three small letters.
std::optional<std::string> language_code(std::string_view name) {
  if (name.size() < 6 || name.size() > 7 || !name.starts_with("<|") || !name.ends_with("|>")) return std::nullopt;
  const auto code = name.substr(2, name.size() - 4);
  const bool is_small = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return is_small ? std::optional(std::string(code)) : std::nullopt;
}

uint64_t hash_of(std::string_view name) { return std::hash<std::string_view>()(name); }

}  // namespace

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

std::string name_of_bytes(std::string_view bytes) {
  static const auto kCharacters = byte_characters();
  std::string name;
  for (const char byte : bytes) append_utf8(name, kCharacters[static_cast<unsigned char>(byte)]);
  return name;
}

TokenizerBuilder::TokenizerBuilder(int n_vocabulary, size_t n_texts, std::string name)
    : n_vocabulary_(n_vocabulary), name_(std::move(name)), taken_(static_cast<size_t>(n_vocabulary)) {
  const auto n = static_cast<size_t>(n_vocabulary);
  out_.bytes_.reserve(n);
  out_.names_.reserve(n);  // its texts never move: they are pointed at
  out_.merges_.reserve(n_texts);
  out_.merge_index_.reserve(n_texts);
  known_.reserve(n_texts);
  known_index_.reserve(n_texts);
}

std::optional<int> TokenizerBuilder::find(std::string_view name) const {
  const auto at =
      known_index_.find(hash_of(name), [&](int number) { return known_[static_cast<size_t>(number)].text == name; });
  return at ? std::optional(known_[static_cast<size_t>(*at)].id) : std::nullopt;
}

tl::unexpected<Error> TokenizerBuilder::invalid(const std::string& what) const { return invalid_model(name_, what); }

Result<void> TokenizerBuilder::add_name(std::string_view name, int id) {
  if (id < 0 || id >= n_vocabulary_)
    return invalid("a token's number is not below the model's " + std::to_string(n_vocabulary_));
  const auto at = static_cast<size_t>(id);
  if (at >= out_.bytes_.size()) {
    out_.bytes_.resize(at + 1);
    out_.names_.resize(at + 1);
  }
  if (const auto known = find(name)) {
    if (*known != id) return invalid("token \"" + std::string(name) + "\" has two numbers");
    return {};
  }
  const bool is_first = out_.names_[at].empty() && !name.empty();
  std::string& kept = is_first ? out_.names_[at] : more_names_.emplace_back();
  kept = name;
  known_index_.add(hash_of(kept), static_cast<int>(known_.size()));
  known_.push_back({kept, id});
  return {};
}

Result<void> TokenizerBuilder::add_text(std::string_view name, int id) {
  TRY_VOID(add_name(name, id));
  const auto at = static_cast<size_t>(id);
  if (taken_[at]) return invalid("number " + std::to_string(id) + " has two tokens");
  taken_[at] = true;
  // A name outside the byte alphabet is a special token that stands among the others (<|endoftext|> of GPT-2 is
  // inside it, and is emptied by add_special).
  if (auto bytes = bytes_of_name(name)) out_.bytes_[at] = std::move(*bytes);
  return {};
}

Result<void> TokenizerBuilder::find_byte_tokens() {
  for (const char32_t character : byte_characters()) {
    std::string name;
    append_utf8(name, character);
    const auto token = find(name);
    if (!token) return invalid("it lacks the token of a byte");
    out_.byte_tokens_.push_back(*token);
  }
  return {};
}

Result<void> TokenizerBuilder::add_merge(std::string_view left, std::string_view right) {
  merged_name_.assign(left).append(right);
  const auto a = find(left);
  const auto b = find(right);
  const auto merged = find_merged();
  if (!a || !b || !merged) return invalid("a merge names an unknown token");
  out_.keep_merge({*a, *b, *merged});
  last_merged_ = *merged;
  return {};
}

// Most vocabularies stand in the order of the merges.
std::optional<int> TokenizerBuilder::find_merged() const {
  const auto next = static_cast<size_t>(last_merged_) + 1;
  if (next < out_.names_.size() && out_.names_[next] == merged_name_) return last_merged_ + 1;
  return find(merged_name_);
}

// The number of a token is the rank of its merge: with the merges of lower numbers its bytes become two tokens.
void TokenizerBuilder::derive_merges() {
  std::vector<int> parts;
  for (int id = 0; id < out_.size(); ++id) {
    const std::string& bytes = out_.bytes_[static_cast<size_t>(id)];
    if (bytes.size() < 2) continue;
    parts.clear();
    out_.encode_piece(bytes, parts);
    if (parts.size() == 2) out_.keep_merge({parts[0], parts[1], id});
  }
}

Result<void> TokenizerBuilder::add_special(std::string_view name, int id) {
  TRY_VOID(add_name(name, id));
  out_.bytes_[static_cast<size_t>(id)].clear();
  if (auto code = language_code(name)) out_.special_.languages.emplace_back(std::move(*code), id);
  return {};
}

Result<void> TokenizerBuilder::find_token(std::initializer_list<const char*> token_names, int& out) const {
  for (const char* token_name : token_names) {
    const auto token = find(token_name);
    if (!token) continue;
    out = *token;
    return {};
  }
  return invalid(std::string("it lacks the token ") + *token_names.begin());
}

Result<void> TokenizerBuilder::find_special() {
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
  if (const auto first = find("<|0.00|>"); first && *first != special.timestamp_begin)
    return invalid("its timestamps do not follow <|notimestamps|>");
  if (special.timestamp_begin + kMaxTimestamp >= n_vocabulary_) return invalid("the model has no room for timestamps");
  std::sort(special.languages.begin(), special.languages.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  for (const auto& [code, token] : special.languages)
    if (token < special.end_of_text) return invalid("its language tokens stand among those of text");
  return check_order();
}

// "Text" is what stands before the end-of-text token: all decoding rules count on it.
Result<void> TokenizerBuilder::check_order() const {
  const auto& s = out_.special_;
  for (const int token : {s.start_of_transcript, s.translate, s.transcribe, s.start_of_lm, s.start_of_previous,
                          s.no_speech, s.no_timestamps})
    if (token <= s.end_of_text || token >= s.timestamp_begin) return invalid("its special tokens are out of order");
  return {};
}

Result<Tokenizer> TokenizerBuilder::finish() {
  TRY_VOID(find_special());
  return std::move(out_);
}

}  // namespace v2t::whisper
