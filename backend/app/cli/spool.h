// Standard input as a seekable file, so that an MP4 with its index at the end works from a pipe.
#pragma once

#include "base/file.h"
#include "base/result.h"

namespace v2t::cli {

// Copies all that `source` gives into a temporary file without a name and returns that; a regular file is read in
// place.
Result<UniqueFd> spool_to_file(int source);

}  // namespace v2t::cli
