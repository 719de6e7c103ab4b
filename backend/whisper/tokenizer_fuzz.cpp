// Fuzz target: arbitrary bytes as tokenizer.json, and as vocabulary of the tokenizer that they make.
#include <cstdint>
#include <string_view>

#include "whisper/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t::whisper;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto tokenizer = Tokenizer::parse(text, 4096, "fuzz");
  if (!tokenizer) return 0;
  (void)tokenizer->check_vocabulary(text, "fuzz");
  const auto tokens = tokenizer->encode_last(text, 64);
  return tokenizer->decode(tokens).size() == size + 1 ? 1 : 0;
}
