// Finds libav's functions.
#include "media/libav.h"

#include <array>

namespace v2t::media {

V2T_LIBAV_FUNCTIONS(V2T_DEFINE_LATE)

namespace {

// As the linker would ask for it: "libavcodec.so.59".
#define V2T_NAME(library, version) "lib" library ".so." AV_STRINGIFY(version)
constexpr std::array kFiles{V2T_NAME("avformat", LIBAVFORMAT_VERSION_MAJOR),
                            V2T_NAME("avcodec", LIBAVCODEC_VERSION_MAJOR), V2T_NAME("avutil", LIBAVUTIL_VERSION_MAJOR),
                            V2T_NAME("swresample", LIBSWRESAMPLE_VERSION_MAJOR)};
#undef V2T_NAME

Result<void> find_functions() {
  TRY(const auto library, LateLibrary::load(kFiles));
  V2T_LIBAV_FUNCTIONS(V2T_FIND_LATE)
  return {};
}

}  // namespace

Result<void> load_libav() {
  const auto found = find_functions();
  if (found) return {};
  return fail(ErrorCode::kUnavailable, "cannot be decoded here: " + found.error().message +
                                           "; install libav as it was when this program was built");
}

}  // namespace v2t::media
