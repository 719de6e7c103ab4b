// Reads tokenizer.json, vocab.json with merges.txt, vocabulary.json and vocabulary.txt into a Tokenizer.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text.h"
#include "whisper/json_reading.h"
#include "whisper/tokenizer.h"
#include "whisper/tokenizer_builder.h"
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

class TokenizerParser {
 public:
  TokenizerParser(int n_vocabulary, const std::string& name) : name_(name), builder_(n_vocabulary, name) {}

  Result<Tokenizer> run(std::string_view text) {
    TRY(const auto object, parse_object(text, name_));
    const auto* model = object.if_contains("model");
    if (model == nullptr || !model->is_object()) return invalid("it holds no model");
    const auto* vocabulary = model->get_object().if_contains("vocab");
    if (vocabulary == nullptr || !vocabulary->is_object()) return invalid("it holds no vocabulary");
    TRY_VOID(add_vocabulary(builder_, vocabulary->get_object()));
    const auto* merges = model->get_object().if_contains("merges");
    if (merges == nullptr || !merges->is_array()) return invalid("it holds no merges");
    for (const auto& merge : merges->get_array()) TRY_VOID(read_merge(merge));
    TRY_VOID(read_added(object));
    return builder_.finish();
  }

 private:
  tl::unexpected<Error> invalid(const std::string& what) const { return invalid_model(name_, what); }

  // ["a", "b"] or "a b".
  Result<void> read_merge(const json::value& merge) {
    if (merge.is_string()) return add_merge(builder_, view(merge.get_string()), name_);
    if (!merge.is_array() || merge.get_array().size() != 2 || !merge.get_array()[0].is_string() ||
        !merge.get_array()[1].is_string())
      return invalid("a merge is neither a text nor a pair");
    return builder_.add_merge(view(merge.get_array()[0].get_string()), view(merge.get_array()[1].get_string()));
  }

  Result<void> read_added(const json::object& object) {
    const auto* added = object.if_contains("added_tokens");
    if (added == nullptr || !added->is_array()) return invalid("it holds no added_tokens");
    for (const auto& token : added->get_array()) {
      const auto* id = token.is_object() ? token.get_object().if_contains("id") : nullptr;
      const auto* content = token.is_object() ? token.get_object().if_contains("content") : nullptr;
      if (id == nullptr || content == nullptr || !content->is_string()) return invalid("an added token is incomplete");
      TRY_VOID(builder_.add_special(view(content->get_string()), id_of(*id)));
    }
    return {};
  }

  const std::string& name_;
  TokenizerBuilder builder_;
};

}  // namespace

Result<Tokenizer> Tokenizer::parse(std::string_view tokenizer_json, int n_vocabulary, const std::string& name) {
  return TokenizerParser(n_vocabulary, name).run(tokenizer_json);
}

Result<Tokenizer> Tokenizer::parse(const VocabularyFiles& files, int n_vocabulary, const std::string& folder) {
  TokenizerBuilder builder(n_vocabulary, folder + "/vocab.json");
  TRY(const auto vocabulary, parse_object(files.vocab_json, folder + "/vocab.json"));
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
