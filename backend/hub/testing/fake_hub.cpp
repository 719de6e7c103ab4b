// A hub for tests, by plain sockets: one request per connection.
#include "hub/testing/fake_hub.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/digest.h"

namespace v2t::hub {
namespace {

std::string git_hash(std::string_view content) {
  Digest digest = Digest::git_blob(content.size());
  digest.update(std::as_bytes(std::span(content)));
  return digest.hex();
}

std::string read_head(int connection) {
  std::string head;
  std::array<char, 4096> piece{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t n = ::recv(connection, piece.data(), piece.size(), 0);
    if (n <= 0) break;
    head.append(piece.data(), static_cast<size_t>(n));
  }
  return head;
}

void send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    text.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

std::map<std::string, std::string> fake_model_files() {
  return {{"config.json", "{}"},
          {"model.bin", std::string(100'000, 'm')},
          {"tokenizer.json", R"({"version":"1.0"})"},
          {"vocabulary.json", "[]"}};
}

std::string http_reply(int status, const std::string& headers, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

FakeHub::FakeHub(std::string repository, std::map<std::string, std::string> files, Spoiler spoiler)
    : repository_(std::move(repository)), files_(std::move(files)), spoiler_(std::move(spoiler)) {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_.get(), generic, size) == 0 && ::listen(listener_.get(), 64) == 0);
  CHECK(::getsockname(listener_.get(), generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  server_ = std::jthread([this] { serve(); });
}

FakeHub::~FakeHub() {
  ::shutdown(listener_.get(), SHUT_RDWR);  // ends accept
  server_.join();
  connections_.clear();
}

std::string FakeHub::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> FakeHub::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

size_t FakeHub::count(std::string_view method, std::string_view ending) const {
  const auto all = requests();
  return static_cast<size_t>(std::ranges::count_if(
      all, [&](const std::string& request) { return request.starts_with(method) && request.ends_with(ending); }));
}

void FakeHub::serve() {
  for (;;) {
    UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.valid()) return;
    connections_.emplace_back([this, fd = connection.release()] { answer(UniqueFd(fd)); });
  }
}

void FakeHub::answer(UniqueFd connection) {
  const std::string head = read_head(connection.get());
  const std::string method = head.substr(0, head.find(' '));
  const size_t start = std::min(head.size(), method.size() + 1);
  const std::string path = head.substr(start, head.find(' ', start) - start);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(method + " " + path);
  }
  const std::string spoiled = spoiler_ ? spoiler_(method, path) : "";
  send_all(connection.get(), spoiled.empty() ? reply_to(method, path) : spoiled);
}

std::string FakeHub::reply_to(std::string_view method, std::string_view path) const {
  const std::string commit = kCommit;
  if (path == "/api/models/" + repository_ + "/revision/main") {
    std::string siblings;
    for (const auto& [name, content] : files_)
      siblings += (siblings.empty() ? "" : ",") + std::string(R"({"rfilename":")") + name + "\"}";
    return http_reply(200, "Content-Type: application/json\r\n",
                      R"({"sha":")" + commit + R"(","siblings":[)" + siblings + "]}");
  }
  const std::string prefix = "/" + repository_ + "/resolve/" + commit + "/";
  const auto file = path.starts_with(prefix) ? files_.find(std::string(path.substr(prefix.size()))) : files_.end();
  if (file == files_.end()) return http_reply(404, "", "");
  const std::string reply =
      http_reply(200, "X-Repo-Commit: " + commit + "\r\nETag: \"" + git_hash(file->second) + "\"\r\n", file->second);
  return method == "HEAD" ? reply.substr(0, reply.find("\r\n\r\n") + 4) : reply;
}

}  // namespace v2t::hub
