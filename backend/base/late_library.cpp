// Libraries that are loaded by who needs them.
#include "base/late_library.h"

#include <dlfcn.h>

namespace v2t {

Result<LateLibrary> LateLibrary::load(std::span<const char* const> files) {
  LateLibrary library;
  for (const char* const file : files) {
    void* const handle = ::dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) return fail(ErrorCode::kUnavailable, ::dlerror());
    library.handles_.push_back(handle);
  }
  return library;
}

Result<void*> LateLibrary::look_up(const char* name) const {
  for (void* const handle : handles_)
    if (void* const found = ::dlsym(handle, name)) return found;
  return fail(ErrorCode::kUnavailable, std::string("there is no ") + name);
}

}  // namespace v2t
