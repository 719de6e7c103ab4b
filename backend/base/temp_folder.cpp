// A temporary folder that cleans up after itself.
#include "base/temp_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/result.h"

namespace v2t {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "v2t-XXXXXX").string();
  CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace v2t
