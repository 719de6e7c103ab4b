// One model from the hub into the cache.
#include "hub/model_download.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/text.h"
#include "hub/file_lock.h"
#include "hub/model_folder.h"
#include "hub/part_file.h"

namespace v2t::hub {
namespace {

namespace fs = std::filesystem;

uint64_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

// The folders of one repository in the cache, and the way of one model into them.
class Arrival {
 public:
  Arrival(const ModelDownload& download, RemoteModel model)
      : download_(download),
        model_(std::move(model)),
        folder_(repository_folder(download.cache, model_.repository)),
        locks_(download.cache / ".locks" / folder_.filename()) {
    for (const RemoteFile& file : model_.files) progress_.bytes_total += file.size_bytes;
  }

  Result<void> run(std::stop_token stop) {
    for (const fs::path& folder : {folder_ / "blobs", folder_ / "snapshots" / model_.commit, folder_ / "refs", locks_})
      TRY_VOID(make_folder(folder));
    TRY_VOID(check_space());
    for (const RemoteFile& file : model_.files) TRY_VOID(get_blob(file, stop));
    for (const RemoteFile& file : model_.files) TRY_VOID(link(file));
    return write_file_atomically(folder_ / "refs/main", model_.commit);
  }

 private:
  fs::path blob_path(const RemoteFile& file) const { return folder_ / "blobs" / file.hash; }
  fs::path snapshot_path(const RemoteFile& file) const { return folder_ / "snapshots" / model_.commit / file.name; }
  bool is_linked(const RemoteFile& file) const { return size_or_zero(snapshot_path(file)) == file.size_bytes; }
  bool is_here(const RemoteFile& file) const {
    return is_linked(file) || size_or_zero(blob_path(file)) == file.size_bytes;
  }

  Result<void> check_space() const {
    uint64_t needed = 0;
    for (const RemoteFile& file : model_.files) {
      const uint64_t part = size_or_zero(part_path(blob_path(file)));
      if (!is_here(file) && part < file.size_bytes) needed += file.size_bytes - part;
    }
    const uint64_t free = download_.free_bytes(folder_);
    if (needed <= free) return {};
    return fail(ErrorCode::kDiskFull, folder_.string() + ": " + human_bytes(needed) + " needed, " + human_bytes(free) +
                                          " free; free some space, or choose another folder with WHISPER_CACHE_DIR");
  }

  void show(const RemoteFile& file, uint64_t bytes_of_file) {
    progress_.file = file.name;
    progress_.bytes_done = bytes_before_ + bytes_of_file;
    download_.on_progress(progress_);
  }

  Result<void> get_blob(const RemoteFile& file, std::stop_token stop) {
    show(file, 0);
    if (!is_here(file)) {
      const auto on_wait = [&] { show(file, std::min(file.size_bytes, size_or_zero(part_path(blob_path(file))))); };
      TRY(const FileLock lock, FileLock::acquire(locks_ / (file.hash + ".lock"), on_wait, stop));
      if (!is_here(file)) TRY_VOID(download_blob(file, stop));  // another process may have brought it meanwhile
    }
    bytes_before_ += file.size_bytes;
    show(file, 0);
    return {};
  }

  Result<void> download_blob(const RemoteFile& file, std::stop_token stop) {
    auto done = download_part(file, stop);
    if (done || done.error().code != ErrorCode::kConflict) return done;
    log::warning("download begins anew", {{"model", model_.repository}, {"why", done.error().message}});
    return download_part(file, stop);
  }

  Result<void> download_part(const RemoteFile& file, std::stop_token stop) {
    TRY(PartFile part, PartFile::open({blob_path(file), file.hash, file.size_bytes}, stop));
    return download_.hub.download(model_, file, part, [&] { show(file, part.size()); }, stop);
  }

  // A relative link, as huggingface_hub makes it; where the file system has no links, the blob itself.
  Result<void> link(const RemoteFile& file) {
    if (is_linked(file)) return {};
    const fs::path target = snapshot_path(file);
    ::unlink(target.c_str());  // a link that leads nowhere, or a damaged file
    std::error_code error;
    fs::create_symlink(fs::path("../../blobs") / file.hash, target, error);
    if (error && error != std::errc::file_exists) fs::rename(blob_path(file), target, error);
    if (!error || is_linked(file)) return {};
    errno = error.value();
    return tl::unexpected(errno_error("create", target));
  }

  const ModelDownload& download_;
  RemoteModel model_;
  fs::path folder_;
  fs::path locks_;
  DownloadProgress progress_;
  uint64_t bytes_before_ = 0;
};

}  // namespace

Result<void> download_model(const ModelDownload& download, const std::string& repository, std::stop_token stop) {
  TRY(RemoteModel model, download.hub.find(repository, stop));
  return Arrival(download, std::move(model)).run(stop);
}

}  // namespace v2t::hub
