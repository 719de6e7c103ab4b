// A file's bytes on huge pages.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace v2t {

inline constexpr size_t kHugePage = size_t{2} << 20;

// A map at a multiple of kHugePage, on such pages where the system has them (a wish: works without): of the file, to be
// read, or of zeroed memory (fd -1). To be unmapped. MAP_FAILED, and errno.
void* map_aligned(int fd, size_t size);

// The first `size` bytes, readable, at a multiple of 2 MiB; to be unmapped. Mapped on huge pages where the system keeps
// the file in such (ext4 since Linux 6.16), which takes no time; else copied to memory on huge pages: decoders of text
// that read 50 MB for every token take a quarter longer on pages of 4 KiB.
Result<std::span<const std::byte>> map_on_huge_pages(int fd, size_t size, const std::filesystem::path& path);

}  // namespace v2t
