// Byte-level byte-pair encoding as in GPT-2 and Whisper, read from tokenizer.json or from the vocabularies of other
// files. Source: Sennrich et al. 2016; Radford et al. 2019, section 2.2 (bytes as characters).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "whisper/flat_index.h"

namespace v2t::whisper {

// Tokens that steer the decoder, found by their content: their numbers differ between models.
struct SpecialTokens {
  int start_of_transcript = 0;
  int end_of_text = 0;
  int translate = 0;
  int transcribe = 0;
  int start_of_previous = 0;
  int start_of_lm = 0;
  int no_speech = 0;  // <|nospeech|>, in older models <|nocaptions|>
  int no_timestamps = 0;
  int timestamp_begin = 0;                             // <|0.00|>; the others follow, 0.02 s each
  std::vector<std::pair<std::string, int>> languages;  // code, token; in order of the tokens
};

// The files' contents.
struct VocabularyFiles {
  std::string_view vocab_json;
  std::string_view merges_txt;
  std::string_view added_tokens_json;
};

// Immutable after construction; thread-safe.
class Tokenizer {
 public:
  // tokenizer_json: the file's content. n_vocabulary: the model's; every id must be below it. `name` stands in
  // messages. kModelInvalid for anything that does not fit.
  static Result<Tokenizer> parse(std::string_view tokenizer_json, int n_vocabulary, const std::string& name);

  // The same of a model that has vocab.json, merges.txt and added_tokens.json instead; `folder` stands in messages.
  static Result<Tokenizer> parse(const VocabularyFiles& files, int n_vocabulary, const std::string& folder);

  // Compares with the model's own list of tokens, the content of vocabulary.json (a JSON list) or vocabulary.txt (a
  // token a line), and takes from it the bytes of tokens that tokenizer.json lacks. kModelInvalid when they disagree.
  Result<void> check_vocabulary(std::string_view vocabulary, const std::string& name);

  const SpecialTokens& special() const { return special_; }
  int size() const { return static_cast<int>(bytes_.size()); }
  bool is_text(int token) const { return token >= 0 && token < special_.end_of_text; }
  bool is_timestamp(int token) const { return token >= special_.timestamp_begin; }

  // `text` is taken as plain text (a special token's name in it has no meaning); invalid UTF-8 is replaced.
  std::vector<int> encode(std::string_view text) const;
  // The last n tokens of encode(text): work and memory stay bounded whatever the text's length.
  std::vector<int> encode_last(std::string_view text, size_t n) const;

  // The bytes of a text token, which may be part of a character; empty for special tokens.
  std::string_view bytes(int token) const;
  // The text of the text tokens; invalid and incomplete UTF-8 becomes U+FFFD.
  std::string decode(std::span<const int> tokens) const;

 private:
  friend class TokenizerBuilder;
  struct Merge {
    int left = 0;
    int right = 0;
    int merged = 0;
  };
  static uint64_t hash_of(int left, int right) {
    return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
  }
  std::optional<int> find_merge(int left, int right) const;  // its rank
  void keep_merge(const Merge& merge);                       // unless its pair has one
  void encode_piece(std::string_view piece, std::vector<int>& out) const;

  std::vector<std::string> bytes_;  // by token; special tokens hold nothing
  std::vector<std::string> names_;  // by token, as written in the file
  std::vector<int> byte_tokens_;    // by byte
  std::vector<Merge> merges_;       // by rank
  FlatIndex merge_index_;
  SpecialTokens special_;
};

}  // namespace v2t::whisper
