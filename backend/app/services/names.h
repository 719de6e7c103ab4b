// Names that users give to their files: kept as text, never used as paths.
#pragma once

#include <string>
#include <string_view>

namespace v2t {

inline constexpr size_t kMaxNameBytes = 255;

// Valid UTF-8 without control characters and surrounding spaces, at most kMaxNameBytes; may be empty.
std::string clean_name(std::string_view name);

}  // namespace v2t
