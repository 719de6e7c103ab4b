// A FILE of the command line: what people type there, opened, or told what to do instead.
#pragma once

#include <stop_token>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace v2t::cli {

// "-" is standard input. What comes from a pipe, named or not, is spooled. A folder and an address are kNotMedia.
Result<UniqueFd> open_media_argument(const std::string& argument, std::stop_token stop);

}  // namespace v2t::cli
