// Standard input as a seekable file, so that an MP4 with its index at the end works from a pipe.
#pragma once

#include <stop_token>

#include "base/file.h"
#include "base/result.h"

namespace v2t::cli {

// Copies all that `source` gives into a temporary file without a name and returns that; a regular file is read in
// place. kCancelled when stopped.
Result<UniqueFd> spool_to_file(int source, std::stop_token stop);

}  // namespace v2t::cli
