// A hub for tests, in this process, on a loopback port: one repository, good answers, and a way to spoil them.
// The full protocol with redirects and ranges is mocked in tests/hub/mock_hub.py, which is proven with huggingface_hub.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"

namespace v2t::hub {

class FakeHub {
 public:
  // Gives the raw reply to a request instead of the good one; "" leaves the good one. Called from server threads.
  using Spoiler = std::function<std::string(std::string_view method, std::string_view path)>;

  FakeHub(std::string repository, std::map<std::string, std::string> files, Spoiler spoiler = {});
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;
  ~FakeHub();

  std::string url() const;
  // "GET /path" of every request so far.
  std::vector<std::string> requests() const;
  size_t count(std::string_view method, std::string_view ending) const;

  static constexpr const char* kCommit = "0123456789abcdef0123456789abcdef01234567";

 private:
  void serve();
  void answer(UniqueFd connection);
  std::string reply_to(std::string_view method, std::string_view path) const;

  std::string repository_;
  std::map<std::string, std::string> files_;
  Spoiler spoiler_;
  UniqueFd listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;      // guarded by mutex_
  std::vector<std::jthread> connections_;  // of server_
  std::jthread server_;
};

// A complete repository with small files.
std::map<std::string, std::string> fake_model_files();

std::string http_reply(int status, const std::string& headers, std::string_view body);

}  // namespace v2t::hub
