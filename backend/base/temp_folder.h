// A folder of its own under the system's temporary folder, removed with all it holds on destruction.
#pragma once

#include <filesystem>

namespace v2t {

class TempFolder {
 public:
  TempFolder();  // CHECK fails when the system's temporary folder cannot be written
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace v2t
