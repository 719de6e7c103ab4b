// A ZIP archive of a few files in memory.
#include "app/services/zip_file.h"

#include <zlib.h>

#include <cstdint>

#include "base/result.h"

namespace v2t {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kDirectoryEntry = 0x02014b50;
constexpr uint32_t kDirectoryEnd = 0x06054b50;
constexpr uint16_t kVersion = 20;
constexpr uint16_t kDeflated = 8;
constexpr uint16_t kFirstDay = 0x21;  // 1 January 1980: no time of day in the archive, so that it can be compared

void append_number(std::string& out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

// Without zlib's own frame.
std::string deflated(std::string_view content) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

void ZipFile::add(std::string_view name, std::string_view content) {
  CHECK(content.size() < UINT32_MAX / 2);
  const std::string data = deflated(content);
  const auto checksum = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  std::string facts;  // what the local header and the directory both say
  append_number(facts, kVersion, 2);
  append_number(facts, 0, 2);
  append_number(facts, kDeflated, 2);
  append_number(facts, 0, 2);
  append_number(facts, kFirstDay, 2);
  append_number(facts, checksum, 4);
  append_number(facts, data.size(), 4);
  append_number(facts, content.size(), 4);
  append_number(facts, name.size(), 2);
  append_number(facts, 0, 2);

  append_number(directory_, kDirectoryEntry, 4);
  append_number(directory_, kVersion, 2);
  directory_ += facts;
  directory_.append(10, '\0');  // no comment, first disk, no attributes
  append_number(directory_, files_.size(), 4);
  directory_ += name;

  append_number(files_, kLocalHeader, 4);
  files_ += facts;
  files_ += name;
  files_ += data;
  ++n_files_;
}

std::string ZipFile::finish() {
  std::string out = std::move(files_);
  const size_t directory_at = out.size();
  out += directory_;
  append_number(out, kDirectoryEnd, 4);
  append_number(out, 0, 4);
  append_number(out, n_files_, 2);
  append_number(out, n_files_, 2);
  append_number(out, directory_.size(), 4);
  append_number(out, directory_at, 4);
  append_number(out, 0, 2);
  return out;
}

}  // namespace v2t
