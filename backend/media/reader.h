// Opens media files by decoding them in a child process: this program executed again as `decode-child`.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "domain/audio.h"

namespace v2t {

// The reader that the product uses. `program` is executed as `PROGRAM decode-child` and must call run_decode_child()
// before anything else. The reader is stateless and may be used by many threads.
// A child dies with the *thread* that opened it (PR_SET_PDEATHSIG): keep that thread alive as long as the source.
// A child that gives nothing for `stall_limit` while somebody waits for it is killed: kDecoderFailed.
std::unique_ptr<MediaReader> make_media_reader(std::filesystem::path program = "/proc/self/exe",
                                               std::chrono::milliseconds stall_limit = std::chrono::seconds(30));

// The child's side; its return value is the exit status. Locks the process down, so nothing else can be done after it.
int run_decode_child();

}  // namespace v2t
