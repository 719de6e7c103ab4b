// Errors in tests: EXPECT_EQ(code_of(store.find(...)), ErrorCode::kNotFound).
#pragma once

#include <optional>
#include <ostream>

#include "base/result.h"

namespace v2t {

inline void PrintTo(ErrorCode code, std::ostream* out) { *out << error_code_name(code); }

}  // namespace v2t

namespace v2t::testing {

// nullopt for a success.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace v2t::testing
