// A FILE of the command line.
#include "app/cli/media_argument.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "app/cli/spool.h"

namespace v2t::cli {

Result<UniqueFd> open_media_argument(const std::string& argument, std::stop_token stop) {
  if (argument == "-") return spool_to_file(STDIN_FILENO, std::move(stop));
  auto media = open_for_reading(argument);
  if (!media && argument.find("://") != std::string::npos)
    return fail(ErrorCode::kNotMedia, argument + " is an address; download it, then give the file that was saved");
  struct stat info{};
  if (!media || ::fstat(media->get(), &info) != 0) return media;
  if (S_ISDIR(info.st_mode))
    return fail(ErrorCode::kNotMedia, argument + " is a folder; give the files in it, such as " +
                                          (std::filesystem::path(argument) / "*.mp4").string());
  return S_ISFIFO(info.st_mode) ? spool_to_file(media->get(), std::move(stop)) : std::move(media);
}

}  // namespace v2t::cli
