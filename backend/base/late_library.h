// Libraries that are loaded by who needs them, not at the start of the program.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"

namespace v2t {

// A module lists the functions that it calls, X(one) X(another) ...; inside its namespace these names are pointers of
// the same types, null until they are found.
#define V2T_DECLARE_LATE(name) extern decltype(&::name) name;
#define V2T_DEFINE_LATE(name) decltype(&::name) name = nullptr;
#define V2T_FIND_LATE(name) TRY_VOID(library.find(#name, name));

// Stays loaded for good.
class LateLibrary {
 public:
  // One library in some files, named as the linker would ask for them: "libcurl.so.4". kUnavailable: which file is
  // missing, as the loader says it.
  static Result<LateLibrary> load(std::span<const char* const> files);

  // kUnavailable: none of the files has the function.
  template <class Function>
  Result<void> find(const char* name, Function*& function) const {
    TRY(void* const found, look_up(name));
    function = reinterpret_cast<Function*>(found);
    return {};
  }

 private:
  Result<void*> look_up(const char* name) const;

  std::vector<void*> handles_;
};

}  // namespace v2t
