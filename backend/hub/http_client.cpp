// One HTTP request by libcurl's multi interface, which can be woken to stop.
#include "hub/http_client.h"

#include <array>
#include <memory>
#include <optional>

#include "base/text.h"
#include "hub/libcurl.h"
#include "hub/waiting.h"

namespace v2t::hub {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = HttpFailure::Kind;

constexpr size_t kMaxHeaders = 200;
constexpr size_t kMaxHeaderBytes = 65'536;
constexpr size_t kMaxDroppedBytes = 65'536;  // of an error's page; then the connection is closed

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Transfer {
  const HttpReceiver& receive;
  HttpReply reply;
  size_t header_bytes = 0;
  size_t dropped_bytes = 0;
  Clock::time_point last_arrival;  // or when the time to connect is over
  std::optional<Error> refusal;    // the receiver's
  std::array<char, CURL_ERROR_SIZE> message{};
};

bool is_success(int status) { return status >= 200 && status < 300; }

// libcurl gives one header line per call, status lines included; a new status line starts a new reply.
size_t on_header(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_arrival = Clock::now();
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes || transfer.reply.headers.size() > kMaxHeaders) return 0;
  const std::string_view line = trim({data, size});
  if (line.starts_with("HTTP/")) {
    transfer.reply = {};
    const size_t space = line.find(' ');
    if (space != std::string_view::npos) transfer.reply.status = std::atoi(std::string(line.substr(space)).c_str());
    return size;
  }
  const size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    transfer.reply.headers[to_lower_ascii(line.substr(0, colon))] = trim(line.substr(colon + 1));
  return size;
}

size_t on_body(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.last_arrival = Clock::now();
  if (!is_success(transfer.reply.status)) {
    transfer.dropped_bytes += size;
    return transfer.dropped_bytes > kMaxDroppedBytes ? 0 : size;
  }
  auto taken = transfer.receive(transfer.reply, std::as_bytes(std::span(data, size)));
  if (taken) return size;
  transfer.refusal = taken.error();
  return 0;
}

void set_up(CURL* easy, const HttpRequest& request, curl_slist* headers, const HttpTimeouts& timeouts,
            Transfer& transfer) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOBODY, request.method == HttpMethod::kHead ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "video2text");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // of a proxy
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeouts.connect.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.message.data());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
}

Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_OPERATION_TIMEDOUT:  // only the connection has a time limit of libcurl
      return Kind::kNotReached;
    default:
      return Kind::kCut;
  }
}

HttpFailure failure_of(CURLcode code, const Transfer& transfer) {
  if (transfer.refusal) return {Kind::kReceiver, *transfer.refusal};
  const std::string_view detail = transfer.message.data();
  const std::string message = to_valid_utf8(detail.empty() ? curl_easy_strerror(code) : detail);
  return {kind_of(code), {ErrorCode::kUnavailable, message}};
}

// The result of the transfer once libcurl is done with it.
std::optional<CURLcode> finished(CURLM* multi) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left))
    if (message->msg == CURLMSG_DONE) return message->data.result;
  return std::nullopt;
}

// Runs the transfer until it is done, stopped or stalled.
tl::expected<CURLcode, HttpFailure> run(CURLM* multi, const Transfer& transfer, std::chrono::milliseconds stall,
                                        std::stop_token stop) {
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  for (;;) {
    if (stop.stop_requested()) return tl::unexpected(HttpFailure{Kind::kCancelled, cancelled().value()});
    int running = 0;
    CHECK(curl_multi_perform(multi, &running) == CURLM_OK);
    if (const auto code = finished(multi)) return *code;
    if (Clock::now() - transfer.last_arrival > stall)
      return tl::unexpected(HttpFailure{
          Kind::kStalled, {ErrorCode::kTimeout, "nothing arrived for " + std::to_string(stall.count() / 1000) + " s"}});
    curl_multi_poll(multi, nullptr, 0, 200, nullptr);
  }
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

HttpClient::HttpClient(HttpTimeouts timeouts) : timeouts_(timeouts) {}

tl::expected<HttpReply, HttpFailure> HttpClient::send(const HttpRequest& request, const HttpReceiver& receive,
                                                      std::stop_token stop) const {
  if (const auto loaded = load_curl(); !loaded) return tl::unexpected(HttpFailure{Kind::kNotReached, loaded.error()});
  curl_slist* list = nullptr;
  for (const std::string& header : request.headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, FreeList> headers(list);
  Transfer transfer{.receive = receive, .reply = {}, .last_arrival = Clock::now() + timeouts_.connect};
  const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
  const std::unique_ptr<CURL, FreeEasy> easy(curl_easy_init());
  CHECK(multi != nullptr && easy != nullptr);
  set_up(easy.get(), request, headers.get(), timeouts_, transfer);
  CHECK(curl_multi_add_handle(multi.get(), easy.get()) == CURLM_OK);
  const auto code = run(multi.get(), transfer, timeouts_.stall, stop);
  curl_multi_remove_handle(multi.get(), easy.get());
  if (!code) return tl::unexpected(code.error());
  const bool is_dropped = transfer.dropped_bytes > kMaxDroppedBytes;
  if (*code != CURLE_OK && !is_dropped) return tl::unexpected(failure_of(*code, transfer));
  return transfer.reply;
}

}  // namespace v2t::hub
