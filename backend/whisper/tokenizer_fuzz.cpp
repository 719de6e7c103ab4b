// Fuzz target: arbitrary bytes as tokenizer.json if they begin like a JSON object does (there a byte 1, which JSON
// forbids, stands for the 256 tokens of the bytes: inputs stay small); as the vocabulary of a model if they begin like
// a list or have several lines; as text to encode.
#include <cstdint>
#include <string>
#include <string_view>

#include "whisper/testing/small_tokenizer.h"

namespace {

using v2t::whisper::Tokenizer;

// As much of the text as is more than one piece (tokenizer.cpp); the rest would only take time.
void encode_and_decode(const Tokenizer& tokenizer, std::string_view text) {
  const auto tokens = tokenizer.encode_last(text.substr(0, 600), 64);
  CHECK(tokens.size() <= 64);
  for (const int token : tokens) CHECK(token >= 0 && token < tokenizer.size());
  static_cast<void>(tokenizer.decode(tokens));
}

std::string with_bytes(std::string_view json) {
  static const std::string kEntries = v2t::whisper::testing::byte_entries();
  const size_t mark = json.find('\1');
  std::string out(json.substr(0, mark));
  if (mark != json.npos) out.append(kEntries).append(json.substr(mark + 1));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('{')) {
    const auto tokenizer = Tokenizer::parse(with_bytes(text), v2t::whisper::testing::kSmallVocabulary, "fuzz");
    if (tokenizer) encode_and_decode(*tokenizer, text.substr(0, 64));
    return 0;
  }
  static const Tokenizer kSmall = v2t::whisper::testing::small_tokenizer({"h e", "Ġ t"});
  encode_and_decode(kSmall, text);
  if (!text.starts_with('[') && text.find('\n') == text.npos) return 0;
  auto tokenizer = kSmall;
  static_cast<void>(tokenizer.check_vocabulary(text, "fuzz"));
  encode_and_decode(tokenizer, text);
  return 0;
}
