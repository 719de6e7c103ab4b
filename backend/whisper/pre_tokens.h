// GPT-2's split of a text into the pieces within which byte pairs are merged.
// Source: Radford et al. 2019, the pattern 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
#pragma once

#include <string_view>
#include <vector>

namespace v2t::whisper {

// The pieces, in order; joined they are the text. `text` is valid UTF-8.
std::vector<std::string_view> split_pre_tokens(std::string_view text);

}  // namespace v2t::whisper
