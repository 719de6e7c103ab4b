// Puts a Tokenizer together from a vocabulary, merges and special tokens, whatever file they come from.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "whisper/flat_index.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

// Byte-level vocabularies write each byte as a printable character: itself where it is one, else from 256 on.
// The bytes that such a name stands for; nullopt when a character stands for none.
std::optional<std::string> bytes_of_name(std::string_view name);
std::string name_of_bytes(std::string_view bytes);

// Used once, in this order: text tokens, merges, special tokens, finish. All errors are kModelInvalid and name the
// file.
class TokenizerBuilder {
 public:
  // n_vocabulary: every token is below it. n_texts: about how many text tokens and merges follow; memory goes by it.
  TokenizerBuilder(int n_vocabulary, size_t n_texts, std::string name);

  Result<void> add_text(std::string_view name, int id);
  // After the last text token: 256 of them must stand for the bytes.
  Result<void> find_byte_tokens();
  // Of two tokens' names; earlier merges come first.
  Result<void> add_merge(std::string_view left, std::string_view right);
  // For vocabularies without merges: the pair from which each token, in order of numbers, can be merged.
  void derive_merges();
  Result<void> add_special(std::string_view name, int id);
  Result<Tokenizer> finish();

 private:
  tl::unexpected<Error> invalid(const std::string& what) const;
  Result<void> add_name(std::string_view name, int id);
  Result<void> find_token(std::initializer_list<const char*> names, int& out) const;
  Result<void> find_special();
  Result<void> check_order() const;

  std::optional<int> find(std::string_view name) const;
  std::optional<int> find_merged() const;

  int n_vocabulary_;
  std::string name_;
  std::vector<bool> taken_;
  std::deque<std::string> more_names_;  // of tokens that have one already
  struct Name {
    std::string_view text;  // lies in out_.names_ and more_names_
    int id = 0;
  };
  std::vector<Name> known_;
  FlatIndex known_index_;
  std::string merged_name_;
  int last_merged_ = 0;
  Tokenizer out_;
};

}  // namespace v2t::whisper
