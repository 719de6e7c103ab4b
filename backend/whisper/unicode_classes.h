// Classes of Unicode code points that the tokenizer's pattern asks for.
#pragma once

namespace v2t::whisper {

bool is_letter(char32_t c);       // \p{L}
bool is_number(char32_t c);       // \p{N}
bool is_white_space(char32_t c);  // \s: property White_Space

}  // namespace v2t::whisper
