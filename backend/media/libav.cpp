// Finds libav's functions.
#include "media/libav.h"

#include <dlfcn.h>

#include <array>

namespace v2t::media {
namespace {

// As the linker would ask for it: "libavcodec.so.59".
#define V2T_NAME(library, version) "lib" library ".so." AV_STRINGIFY(version)
constexpr std::array kLibraries{
    V2T_NAME("avformat", LIBAVFORMAT_VERSION_MAJOR), V2T_NAME("avcodec", LIBAVCODEC_VERSION_MAJOR),
    V2T_NAME("avutil", LIBAVUTIL_VERSION_MAJOR), V2T_NAME("swresample", LIBSWRESAMPLE_VERSION_MAJOR)};
#undef V2T_NAME

tl::unexpected<Error> missing(const char* what) {
  return fail(ErrorCode::kUnavailable,
              std::string("cannot be decoded here: ") + what + "; install libav as it was when this program was built");
}

}  // namespace

#define V2T_DEFINE(name) decltype(&::name) name = nullptr;
V2T_LIBAV_FUNCTIONS(V2T_DEFINE)
#undef V2T_DEFINE

Result<void> load_libav() {
  std::array<void*, kLibraries.size()> handles{};
  for (size_t i = 0; i < kLibraries.size(); ++i) {
    handles[i] = ::dlopen(kLibraries[i], RTLD_LAZY | RTLD_LOCAL);
    if (handles[i] == nullptr) return missing(::dlerror());
  }
  const auto find = [&](const char* function) {
    void* found = nullptr;
    for (void* handle : handles)
      if (found == nullptr) found = ::dlsym(handle, function);
    return found;
  };
#define V2T_FIND(name)                                  \
  name = reinterpret_cast<decltype(name)>(find(#name)); \
  if (name == nullptr) return missing("libav has no " #name);
  V2T_LIBAV_FUNCTIONS(V2T_FIND)
#undef V2T_FIND
  return {};
}

}  // namespace v2t::media
