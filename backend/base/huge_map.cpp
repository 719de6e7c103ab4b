// Maps of files on huge pages, or copies.
#include "base/huge_map.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "base/file.h"

namespace v2t {
void* map_aligned(int fd, size_t size) {
  constexpr int kReserved = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* const room = ::mmap(nullptr, size + kHugePage, PROT_NONE, kReserved, -1, 0);
  if (room == MAP_FAILED) return room;
  auto* const begin = static_cast<std::byte*>(room);
  const size_t front = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  const bool is_file = fd >= 0;
  void* const map = ::mmap(begin + front, size, is_file ? PROT_READ : PROT_READ | PROT_WRITE,
                           MAP_FIXED | MAP_PRIVATE | (is_file ? 0 : MAP_ANONYMOUS), fd, 0);
  if (map == MAP_FAILED) {
    ::munmap(room, size + kHugePage);
    return map;
  }
  if (front > 0) ::munmap(begin, front);
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t end = front + (size + page - 1) / page * page;
  if (end < size + kHugePage) ::munmap(begin + end, size + kHugePage - end);
  ::madvise(map, size, MADV_HUGEPAGE);
  return map;
}

namespace {

// As proc(5) tells for the map that begins here.
size_t bytes_on_huge_pages(const void* map) {
  char begin[32];
  std::snprintf(begin, sizeof(begin), "%lx-", reinterpret_cast<unsigned long>(map));
  constexpr std::string_view kField = "FilePmdMapped:";
  std::ifstream maps("/proc/self/smaps");
  bool is_ours = false;
  for (std::string line; std::getline(maps, line);) {
    is_ours = is_ours || line.starts_with(begin);
    if (is_ours && line.starts_with(kField)) return std::strtoull(line.c_str() + kField.size(), nullptr, 10) * 1024;
  }
  return 0;
}

bool read_all(int fd, std::span<std::byte> out) {
  size_t n_read = 0;
  while (n_read < out.size()) {
    const ssize_t n = ::pread(fd, out.data() + n_read, out.size() - n_read, static_cast<off_t>(n_read));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = EIO;  // it has shrunk
    if (n <= 0) return false;
    n_read += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

Result<std::span<const std::byte>> map_on_huge_pages(int fd, size_t size, const std::filesystem::path& path) {
  void* const map = map_aligned(fd, size);
  if (map == MAP_FAILED) return tl::unexpected(errno_error("map", path));
  const std::span<const std::byte> mapped(static_cast<const std::byte*>(map), size);
  ::madvise(map, size, MADV_POPULATE_READ);
  if (size < 4 * kHugePage || bytes_on_huge_pages(map) > size / 4 * 3) return mapped;
  void* const copy = map_aligned(-1, size);
  if (copy == MAP_FAILED) return mapped;
  const bool is_read = read_all(fd, {static_cast<std::byte*>(copy), size});
  const int problem = errno;
  ::munmap(map, size);
  if (is_read) return std::span<const std::byte>(static_cast<const std::byte*>(copy), size);
  ::munmap(copy, size);
  errno = problem;
  return tl::unexpected(errno_error("read", path));
}

}  // namespace v2t
