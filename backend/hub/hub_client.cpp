// The hub's protocol, as huggingface_hub speaks it: /api/models/REPOSITORY/revision/main, then HEAD and GET of
// /REPOSITORY/resolve/COMMIT/FILE.
#include "hub/hub_client.h"

#include <algorithm>

#include "base/text.h"
#include "hub/listing.h"

namespace v2t::hub {
namespace {

constexpr int kMaxRedirects = 6;
constexpr size_t kMaxListingBytes = 16 << 20;
constexpr int kRangeNotSatisfiable = 416;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_success(int status) { return status >= 200 && status < 300; }

bool is_html(const HttpReply& reply) { return reply.header("content-type").starts_with("text/html"); }

Error unavailable(const std::string& message) { return {ErrorCode::kModelUnavailable, message}; }

Error html_instead_of(const std::string& what) {
  return unavailable("a web page came instead of " + what + "; a proxy or login page is in between");
}

bool is_token(std::string_view token) {
  return std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
}

// Checks what arrives for a file before it goes into the part.
class FileReceiver {
 public:
  FileReceiver(const RemoteFile& file, PartFile& part) : file_(file), part_(part) {}

  Result<void> take(const HttpReply& reply, std::span<const std::byte> piece) {
    if (is_html(reply)) return tl::unexpected(html_instead_of(file_.name));
    if (!is_begun_) TRY_VOID(begin(reply));
    return part_.append(piece);
  }
  // Before every attempt.
  void expect_new_reply() { is_begun_ = false; }
  // The other host's ETag of what the part holds, for If-Range; empty when unknown.
  const std::string& validator() const { return validator_; }

 private:
  Result<void> begin(const HttpReply& reply) {
    is_begun_ = true;
    const std::string etag = reply.header("etag");
    const bool is_part = reply.status == 206;
    const auto range = parse_content_range(reply.header("content-range"));
    const bool fits = range && range->first == part_.size() && range->total == file_.size_bytes;
    const bool is_changed = !validator_.empty() && etag != validator_;
    validator_ = etag.starts_with("W/") ? "" : etag;  // If-Range takes strong ones only (RFC 9110, section 13.1.5)
    if (!is_part) return part_.size() > 0 ? part_.restart() : Result<void>();
    if (fits && !is_changed) return {};
    TRY_VOID(part_.restart());
    return fail(ErrorCode::kConflict, "the file changed while it was downloaded");
  }

  const RemoteFile& file_;
  PartFile& part_;
  std::string validator_;
  bool is_begun_ = false;
};

}  // namespace

HubClient::HubClient(const HubOptions& options, std::string endpoint, Origin origin)
    : http_({options.connect_timeout, options.stall_timeout}),
      retry_(options.retry),
      endpoint_(std::move(endpoint)),
      origin_(std::move(origin)),
      token_(trim(options.token)) {}

Result<HubClient> HubClient::make(const HubOptions& options) {
  TRY(std::string endpoint, parse_endpoint(options.endpoint));
  TRY(Origin origin, origin_of(endpoint));
  if (!is_token(trim(options.token)))
    return fail(ErrorCode::kInvalidArgument, "HF_TOKEN holds characters that no token has; check it");
  return HubClient(options, std::move(endpoint), std::move(origin));
}

std::string HubClient::file_url(const std::string& repository, const std::string& commit,
                                const std::string& file) const {
  return endpoint_ + "/" + repository + "/resolve/" + commit + "/" + file;
}

// The token goes to the endpoint's own origin only. Of redirects within the hub, headers that the last reply
// lacks are kept from earlier ones (X-Repo-Commit, X-Linked-*).
HubClient::Outcome HubClient::send(HttpRequest request, Redirects redirects, const HttpReceiver& receive,
                                   std::stop_token stop) const {
  const std::vector<std::string> headers = request.headers;
  std::map<std::string, std::string> earlier;
  for (int i = 0; i < kMaxRedirects; ++i) {
    const auto target = origin_of(request.url);
    request.headers = headers;
    if (!token_.empty() && target && *target == origin_) request.headers.push_back("Authorization: Bearer " + token_);
    auto reply = http_.send(request, receive, stop);
    if (!reply) return reply;
    for (const auto& [name, value] : earlier)
      if (name.starts_with("x-")) reply->headers.emplace(name, value);
    const bool is_refused = reply->status >= 400 && reply->status < 500 && reply->status != kRangeNotSatisfiable;
    if (is_refused && target && *target != origin_)  // a signed URL that is no longer good: ask the hub for a new one
      return tl::unexpected(HttpFailure{HttpFailure::Kind::kCut,
                                        unavailable(target->host + " answers " + std::to_string(reply->status))});
    if (!is_redirect(reply->status)) return reply;
    const auto next = resolve_redirect(request.url, reply->header("location"), origin_);
    if (!next) return tl::unexpected(HttpFailure{HttpFailure::Kind::kReceiver, unavailable(next.error().message)});
    const bool leaves = *origin_of(*next) != origin_;
    if (leaves && redirects == Redirects::kWithinTheHub) return reply;
    earlier = reply->headers;
    request.url = *next;
  }
  return tl::unexpected(HttpFailure{HttpFailure::Kind::kReceiver, unavailable("too many redirects")});
}

Error HubClient::refusal(const HttpReply& reply, const std::string& repository, const std::string& what) const {
  const std::string code = reply.header("x-error-code");
  const std::string page = endpoint_ + "/" + repository;
  if (code == "GatedRepo")
    return {ErrorCode::kForbidden,
            repository + " is gated: it needs a token; set HF_TOKEN after accepting its terms at " + page};
  if (code == "RepoNotFound" || code == "RevisionNotFound" || code == "EntryNotFound" || reply.status == 404)
    return {ErrorCode::kNotFound,
            "no " + what + " at " + endpoint_ + "; check the name, or set HF_TOKEN if the repository is private"};
  if (reply.status == 401 && !token_.empty())
    return {ErrorCode::kForbidden, "the hub does not accept HF_TOKEN; make a new one in your account's settings"};
  if (reply.status == 401 || reply.status == 403)
    return {ErrorCode::kForbidden,
            repository + " needs a token that may read it; set HF_TOKEN after accepting its terms at " + page};
  return unavailable("the hub answers " + std::to_string(reply.status) + " for " + what);
}

Result<HttpReply> HubClient::persist(const std::function<HttpRequest()>& make_request, const HttpReceiver& receive,
                                     std::stop_token stop) const {
  Patience patience(retry_);
  for (;;) {
    const Outcome outcome = send(make_request(), Redirects::kWithinTheHub, receive, stop);
    const auto trouble = trouble_of(outcome);
    if (!trouble && !outcome) return tl::unexpected(outcome.error().error);
    if (!trouble) return *outcome;
    TRY_VOID(patience.after(*trouble, stop));
  }
}

Result<Listing> HubClient::list(const std::string& repository, std::stop_token stop) const {
  std::string body;
  const auto make_request = [&] {
    body.clear();
    return HttpRequest{HttpMethod::kGet, endpoint_ + "/api/models/" + repository + "/revision/main", {}};
  };
  const auto receive = [&](const HttpReply& reply, std::span<const std::byte> piece) -> Result<void> {
    if (is_html(reply) || body.size() + piece.size() > kMaxListingBytes)
      return tl::unexpected(html_instead_of("the list of files of " + repository));
    body.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  };
  TRY(const HttpReply reply, persist(make_request, receive, stop));
  if (!is_success(reply.status)) return tl::unexpected(refusal(reply, repository, "model " + repository));
  auto listing = parse_listing(body, repository);
  if (!listing && listing.error().code == ErrorCode::kUnavailable)
    return tl::unexpected(unavailable(listing.error().message));
  return listing;
}

Result<RemoteModel> HubClient::find(const std::string& repository, std::stop_token stop) const {
  TRY(const Listing listing, list(repository, stop));
  RemoteModel model{repository, listing.commit, {}};
  for (const std::string& name : listing.files) {
    TRY(RemoteFile file, describe(repository, listing.commit, name, stop));
    model.files.push_back(std::move(file));
  }
  return model;
}

std::optional<RemoteFile> HubClient::described_by(const HttpReply& reply, const std::string& commit,
                                                  const std::string& file) {
  const bool is_linked = is_redirect(reply.status);  // its own ETag and length are those of the redirect
  const auto either = [&](const char* linked, const char* own) {
    const std::string value = reply.header(linked);
    return value.empty() && !is_linked ? reply.header(own) : value;
  };
  const std::string hash(bare_etag(either("x-linked-etag", "etag")));
  const auto size = parse_size(either("x-linked-size", "content-length"));
  if (reply.header("x-repo-commit") != commit || !is_content_hash(hash) || !size) return std::nullopt;
  return RemoteFile{file, hash, *size};
}

Result<RemoteFile> HubClient::describe(const std::string& repository, const std::string& commit,
                                       const std::string& file, std::stop_token stop) const {
  const std::string what = file + " of " + repository;
  const auto make_request = [&] {  // without compression, so that Content-Length is the file's size
    return HttpRequest{HttpMethod::kHead, file_url(repository, commit, file), {"Accept-Encoding: identity"}};
  };
  const auto no_body = [](const HttpReply&, std::span<const std::byte>) { return Result<void>(); };
  TRY(const HttpReply reply, persist(make_request, no_body, stop));
  if (!is_redirect(reply.status) && !is_success(reply.status)) return tl::unexpected(refusal(reply, repository, what));
  if (auto remote = described_by(reply, commit, file)) return *remote;
  if (is_html(reply)) return tl::unexpected(html_instead_of(what));
  return tl::unexpected(
      unavailable(endpoint_ + " gives no commit, hash or size of " + what + "; is HF_ENDPOINT a hub?"));
}

HttpRequest HubClient::request_for_rest(const RemoteModel& model, const RemoteFile& file, uint64_t offset,
                                        const std::string& validator) const {
  HttpRequest request{
      HttpMethod::kGet, file_url(model.repository, model.commit, file.name), {"Accept-Encoding: identity"}};
  if (offset > 0) request.headers.push_back("Range: bytes=" + std::to_string(offset) + "-");
  if (offset > 0 && !validator.empty()) request.headers.push_back("If-Range: " + validator);
  return request;
}

Result<void> HubClient::complete(const RemoteModel& model, const RemoteFile& file, PartFile& part,
                                 const std::function<void()>& on_progress, std::stop_token stop) const {
  FileReceiver receiver(file, part);
  Patience patience(retry_);
  uint64_t furthest = part.size();
  const auto receive = [&](const HttpReply& reply, std::span<const std::byte> piece) -> Result<void> {
    TRY_VOID(receiver.take(reply, piece));
    if (part.size() > furthest) patience.progressed(part.size() - furthest);
    furthest = std::max(furthest, part.size());
    on_progress();
    return {};
  };
  while (part.size() < file.size_bytes) {
    receiver.expect_new_reply();
    const Outcome outcome =
        send(request_for_rest(model, file, part.size(), receiver.validator()), Redirects::kAll, receive, stop);
    auto trouble = trouble_of(outcome);
    if (!trouble && !outcome && outcome.error().error.code != ErrorCode::kConflict)
      return tl::unexpected(outcome.error().error);
    if (!trouble && outcome && !is_success(outcome->status) && outcome->status != kRangeNotSatisfiable)
      return tl::unexpected(refusal(*outcome, model.repository, file.name));
    if (outcome && outcome->status == kRangeNotSatisfiable) TRY_VOID(part.restart());
    if (!trouble) trouble = Trouble{outcome ? "the reply ended early" : outcome.error().error.message};
    if (part.size() < file.size_bytes) TRY_VOID(patience.after(*trouble, stop));
  }
  return {};
}

Result<void> HubClient::download(const RemoteModel& model, const RemoteFile& file, PartFile& part,
                                 const std::function<void()>& on_progress, std::stop_token stop) const {
  const bool was_resumed = part.is_resumed();
  auto done = complete(model, file, part, on_progress, stop);
  if (done) done = part.finish();
  if (done || done.error().code != ErrorCode::kUnavailable) return done;
  if (was_resumed) return fail(ErrorCode::kConflict, "an earlier download left a damaged part of " + file.name);
  return tl::unexpected(unavailable(file.name + ": " + done.error().message +
                                    "; a proxy or the disk changes it: try again, or from another network"));
}

}  // namespace v2t::hub
