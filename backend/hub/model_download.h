// One model from the hub into the cache: blobs, then the snapshot's links, then refs/main.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "hub/hub_client.h"

namespace v2t::hub {

struct DownloadProgress {
  std::string file;
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;
};

struct ModelDownload {
  const HubClient& hub;
  std::filesystem::path cache;
  std::function<uint64_t(const std::filesystem::path&)> free_bytes;
  std::function<void(const DownloadProgress&)> on_progress;  // often, from the calling thread
};

// Returns when the model is whole in the cache. Safe against other processes that do the same, huggingface_hub too.
// Errors as ModelLibrary::get.
Result<void> download_model(const ModelDownload& download, const std::string& repository, std::stop_token stop);

}  // namespace v2t::hub
