// A ZIP archive of a few files in memory (PKWARE APPNOTE 6.3), deflated; the same files give the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace v2t {

class ZipFile {
 public:
  // `name`: ASCII, with slashes. Archives stay below 4 GB.
  void add(std::string_view name, std::string_view content);
  // The whole archive; nothing is added afterwards.
  std::string finish();

 private:
  std::string files_;
  std::string directory_;
  unsigned n_files_ = 0;
};

}  // namespace v2t
