// Folders.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace v2t {

// Makes the folder and those above it where they are missing.
Result<void> make_folder(const std::filesystem::path& folder);

}  // namespace v2t
