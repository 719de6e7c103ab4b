// Fuzz target: arbitrary bytes as tokenizer.json; or, if they do not begin like JSON objects do, as the vocabulary of a
// model and as text to encode.
#include <cstdint>
#include <string_view>

#include "whisper/testing/small_tokenizer.h"

namespace {

using v2t::whisper::Tokenizer;

void encode_and_decode(const Tokenizer& tokenizer, std::string_view text) {
  const auto tokens = tokenizer.encode_last(text, 64);
  CHECK(tokens.size() <= 64);
  for (const int token : tokens) CHECK(token >= 0 && token < tokenizer.size());
  static_cast<void>(tokenizer.decode(tokens));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('{')) {
    if (const auto tokenizer = Tokenizer::parse(text, 4096, "fuzz")) encode_and_decode(*tokenizer, text);
    return 0;
  }
  static const Tokenizer kSmall = v2t::whisper::testing::small_tokenizer({"h e", "Ġ t"});
  auto tokenizer = kSmall;
  static_cast<void>(tokenizer.check_vocabulary(text, "fuzz"));
  encode_and_decode(tokenizer, text);
  return 0;
}
