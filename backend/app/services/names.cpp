// Cleans names.
#include "app/services/names.h"

#include "base/text.h"

namespace v2t {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string clean_name(std::string_view name) {
  std::string clean = to_valid_utf8(name);
  std::erase_if(clean, is_control);
  clean = std::string(trim(clean));
  if (clean.size() <= kMaxNameBytes) return clean;
  size_t end = kMaxNameBytes;
  while (end > 0 && is_continuation(clean[end])) --end;
  return std::string(trim(std::string_view(clean).substr(0, end)));
}

}  // namespace v2t
