// Opens media files by decoding each in a child process, forked off this program executed again as `decode-child`.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "domain/audio.h"

namespace v2t {

// The reader that the product uses. `program` is executed as `PROGRAM decode-child`, once, and must call
// run_decode_child() before anything else. Many threads may use the reader.
// Children die with the *thread* that made the reader (PR_SET_PDEATHSIG): keep that thread alive as long as any source.
// A child that gives nothing for `stall_limit` while somebody waits for it is killed: kDecoderFailed.
std::unique_ptr<MediaReader> make_media_reader(std::filesystem::path program = "/proc/self/exe",
                                               std::chrono::milliseconds stall_limit = std::chrono::seconds(30));

// The other side: serves until the reader is gone. Each file is decoded in a fork that is locked down first.
int run_decode_child();

}  // namespace v2t
