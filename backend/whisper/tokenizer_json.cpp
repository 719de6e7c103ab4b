// Reads tokenizer.json, vocab.json with merges.txt, vocabulary.json and vocabulary.txt into a Tokenizer.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "whisper/json_reading.h"
#include "whisper/tokenizer.h"
#include "whisper/tokenizer_builder.h"
#include "whisper/tokenizer_lists.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

namespace json = boost::json;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// -1, which is no token's number, for what is no number.
int id_of(const json::value& value) {
  if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > (1 << 30)) return -1;
  return static_cast<int>(value.get_int64());
}

Result<void> add_vocabulary(TokenizerBuilder& builder, const json::object& vocabulary) {
  for (const auto& [name, id] : vocabulary) TRY_VOID(builder.add_text({name.data(), name.size()}, id_of(id)));
  return builder.find_byte_tokens();
}

// "a b"
Result<void> add_merge(TokenizerBuilder& builder, std::string_view text, const std::string& name) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return invalid_model(name, "a merge has one part");
  return builder.add_merge(text.substr(0, space), text.substr(space + 1));
}

}  // namespace

Result<Tokenizer> Tokenizer::parse(std::string_view tokenizer_json, int n_vocabulary, const std::string& name) {
  TRY(const auto lists, read_tokenizer_lists(tokenizer_json, name));
  if (!lists.has_model) return invalid_model(name, "it holds no model");
  if (!lists.vocabulary) return invalid_model(name, "it holds no vocabulary");
  if (!lists.merges) return invalid_model(name, "it holds no merges");
  if (!lists.added) return invalid_model(name, "it holds no added_tokens");
  TokenizerBuilder builder(n_vocabulary, lists.vocabulary->size(), name);
  for (const auto& token : *lists.vocabulary) TRY_VOID(builder.add_text(token.name, token.id));
  TRY_VOID(builder.find_byte_tokens());
  for (const auto& [left, right] : *lists.merges) TRY_VOID(builder.add_merge(left, right));
  for (const auto& token : *lists.added) TRY_VOID(builder.add_special(token.name, token.id));
  return builder.finish();
}

Result<Tokenizer> Tokenizer::parse(const VocabularyFiles& files, int n_vocabulary, const std::string& folder) {
  TRY(const auto vocabulary, parse_object(files.vocab_json, folder + "/vocab.json"));
  TokenizerBuilder builder(n_vocabulary, vocabulary.size(), folder + "/vocab.json");
  TRY_VOID(add_vocabulary(builder, vocabulary));
  for (const std::string& line : split(files.merges_txt, '\n')) {
    const std::string_view merge = trim(line);
    if (!merge.empty() && !merge.starts_with("#version")) TRY_VOID(add_merge(builder, merge, folder + "/merges.txt"));
  }
  const std::string end_of_text = "<|endoftext|>";  // it may stand among the text tokens alone
  if (const auto* id = vocabulary.if_contains(end_of_text)) TRY_VOID(builder.add_special(end_of_text, id_of(*id)));
  TRY(const auto added, parse_object(files.added_tokens_json, folder + "/added_tokens.json"));
  for (const auto& [token, id] : added) TRY_VOID(builder.add_special({token.data(), token.size()}, id_of(id)));
  return builder.finish();
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
  const auto list = json::parse({text.data(), text.size()}, error, memory_for(text));
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
