// Secrets that stand for owners: made here, and known to stores by their hashes alone.
#pragma once

#include <string>
#include <string_view>

namespace v2t {

// 256 random bits as 52 characters of [a-z2-7].
std::string new_token();
bool is_token(std::string_view text);
// SHA-256 as 64 hexadecimal digits.
std::string hash_of(std::string_view token);

}  // namespace v2t
