// A folder that outlives this machine: object storage mounted as files, such as a storage bucket of a Hugging Face
// Space. Whole files are put there and taken from there; no database lives there, since such mounts keep neither locks
// nor order.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace v2t::store {

bool is_mount_point(const std::filesystem::path& folder);

// Writes, syncs, renames and removes a small file. The error names the folder and what failed.
Result<void> check_bucket(const std::filesystem::path& folder);

// Copies a file so that it appears whole or not at all, by a temporary name beside the target. Makes the target's
// folder.
Result<void> copy_whole(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace v2t::store
