// The hub's protocol: what files a repository has, their hashes, their bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "hub/http_client.h"
#include "hub/hub_options.h"
#include "hub/listing.h"
#include "hub/part_file.h"
#include "hub/patience.h"
#include "hub/url.h"

namespace v2t::hub {

struct RemoteFile {
  std::string name;  // "model.bin"
  std::string hash;  // is_content_hash
  uint64_t size_bytes = 0;
};

struct RemoteModel {
  std::string repository;
  std::string commit;
  std::vector<RemoteFile> files;  // the weights last
};

// Thread-safe. Tries again what may pass. Errors: kNotFound, kForbidden (gated, or the token is refused),
// kModelInvalid (another kind of repository), kModelUnavailable (everything that may be better another time),
// kCancelled.
class HubClient {
 public:
  // kInvalidArgument for an endpoint that is no URL, or a token that is no token.
  static Result<HubClient> make(const HubOptions& options);

  Result<RemoteModel> find(const std::string& repository, std::stop_token stop) const;
  // Completes the part, from where it is, and finishes it. `on_progress` is called after every piece. kConflict when
  // what an earlier attempt left was wrong: it is removed, begin anew.
  Result<void> download(const RemoteModel& model, const RemoteFile& file, PartFile& part,
                        const std::function<void()>& on_progress, std::stop_token stop) const;

 private:
  using Outcome = tl::expected<HttpReply, HttpFailure>;
  enum class Redirects { kAll, kWithinTheHub };

  HubClient(const HubOptions& options, std::string endpoint, Origin origin);
  std::string file_url(const std::string& repository, const std::string& commit, const std::string& file) const;
  Outcome send(HttpRequest request, Redirects redirects, const HttpReceiver& receive, std::stop_token stop) const;
  // Sends until the outcome is final. make_request is called before every attempt.
  Result<HttpReply> persist(const std::function<HttpRequest()>& make_request, const HttpReceiver& receive,
                            std::stop_token stop) const;
  Result<Listing> list(const std::string& repository, std::stop_token stop) const;
  Result<RemoteFile> describe(const std::string& repository, const std::string& commit, const std::string& file,
                              std::stop_token stop) const;
  Result<void> complete(const RemoteModel& model, const RemoteFile& file, PartFile& part,
                        const std::function<void()>& on_progress, std::stop_token stop) const;
  HttpRequest request_for_rest(const RemoteModel& model, const RemoteFile& file, uint64_t offset,
                               const std::string& validator) const;
  // What HEAD of a file says about it; nullopt when that is not enough.
  static std::optional<RemoteFile> described_by(const HttpReply& reply, const std::string& commit,
                                                const std::string& file);
  // The error for a reply that is not 2xx and will not pass.
  Error refusal(const HttpReply& reply, const std::string& repository, const std::string& what) const;

  HttpClient http_;
  RetryPolicy retry_;
  std::string endpoint_;
  Origin origin_;
  std::string token_;
};

}  // namespace v2t::hub
