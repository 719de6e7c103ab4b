// Texts made comparable for search: upper and lower case, accented and plain letters, full and half width become one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace v2t {

struct FoldedText {
  std::string text;             // UTF-8
  std::vector<size_t> origins;  // of each byte, where its character begins in the original; one more: its size
};

// Of valid UTF-8. Letters become small ones; marks over Latin and Greek letters and combining marks (U+0300 to U+036F)
// go; "ё" becomes "е" and "ς" "σ", as people type them. Other scripts keep their marks: "й" is no "и".
FoldedText fold(std::string_view text);

}  // namespace v2t
