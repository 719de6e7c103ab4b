// Fuzz target: arbitrary bytes as vocab.json, merges.txt and added_tokens.json, parted by zero bytes. Where the first
// part is empty, a vocabulary of all bytes stands in.
#include <cstdint>

#include "base/text.h"
#include "whisper/testing/small_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using v2t::whisper::Tokenizer;
  static const std::string kVocabulary = "{" + v2t::whisper::testing::byte_entries() + R"(,"he":256})";
  auto parts = v2t::split({reinterpret_cast<const char*>(data), size}, '\0');
  parts.resize(3);
  const v2t::whisper::VocabularyFiles files{parts[0].empty() ? kVocabulary : parts[0], parts[1], parts[2]};
  const auto tokenizer = Tokenizer::parse(files, v2t::whisper::testing::kSmallVocabulary, "fuzz");
  if (!tokenizer) return 0;
  for (const int token : tokenizer->encode_last(parts[1], 64)) CHECK(token >= 0 && token < tokenizer->size());
  return 0;
}
