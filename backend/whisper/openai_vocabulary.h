// What OpenAI's Whisper has fixed outside of its files: the order of special tokens, the tokens that are no speech, the
// attention heads that follow the audio. For model files that do not say it themselves.
// Source: openai/whisper, tokenizer.py and __init__.py.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "whisper/dimensions.h"
#include "whisper/tokenizer.h"

namespace v2t::whisper {

// text_tokens: the bytes of each, by number, as GGML files hold them. kModelInvalid, with `name`, when n_vocabulary is
// not that of an English-only model (51864) or a multilingual one (51865, 51866 with Cantonese), or bytes lack a token.
Result<Tokenizer> openai_tokenizer(const std::vector<std::string>& text_tokens, int n_vocabulary,
                                   const std::string& name);

// Never sampled: brackets, notes and other signs that no one speaks, and special tokens.
std::vector<int> default_suppressed_tokens(const Tokenizer& tokenizer);
// Not as first token: the space and the end.
std::vector<int> default_suppressed_at_begin(const Tokenizer& tokenizer);

// Those of OpenAI's model of these dimensions (of large-v2 for both of its size); of others all heads of the last half
// of the decoder's layers. Never empty.
std::vector<AlignmentHead> default_alignment_heads(const Dimensions& dimensions);

}  // namespace v2t::whisper
