// Uploads: tus 1.0.0 with creation and termination. Bytes go to the blob as they come, piece by piece.
#include "app/http/routes.h"
#include "app/http/tus.h"
#include "base/text.h"

namespace v2t::http {
namespace {

constexpr std::string_view kPatchType = "application/offset+octet-stream";

Response tus_response(int status) {
  Response response;
  response.status = status;
  response.headers.add("Tus-Resumable", "1.0.0");
  response.headers.add("Cache-Control", "no-store");
  return response;
}

Response with_offset(Response response, const BlobInfo& upload) {
  response.headers.add("Upload-Offset", std::to_string(upload.size_bytes));
  return response;
}

Outcome<Response> create_upload(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT_VOID(check_tus_version(request.headers));
  ATTEMPT(const uint64_t size, number_header(request.headers, "Upload-Length"));
  const uint64_t limit = api.services.uploads.limits().max_size_bytes;
  if (size > limit)
    return refuse({ErrorCode::kTooLarge,
                   "the file has " + human_bytes(size) + "; this server takes at most " + human_bytes(limit),
                   "Upload-Length"});
  const auto metadata = request.headers.find("Upload-Metadata").value_or("");
  ATTEMPT(const std::string name, upload_metadata(metadata, "filename"));
  const Caller caller = caller_of(request, owner);
  if (const auto refusal = api.services.quotas.refuse_upload(caller, size)) return refuse(over_quota(*refusal));
  ATTEMPT(const BlobInfo upload, api.services.uploads.create(owner, name, size));
  api.services.quotas.add_upload(caller, upload.id, size);
  Response response = with_offset(tus_response(201), upload);
  response.headers.add("Location", "/api/v1/uploads/" + upload.id);
  return response;
}

Outcome<Response> show_upload(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT_VOID(check_tus_version(request.headers));
  ATTEMPT(const std::string id, path_id(request, "upload"));
  ATTEMPT(const BlobInfo upload, api.services.uploads.find(owner, id));
  Response response = with_offset(tus_response(200), upload);
  if (upload.final_size_bytes) response.headers.add("Upload-Length", std::to_string(*upload.final_size_bytes));
  return response;
}

Outcome<Response> delete_upload(const Api& api, const Request& request, const OwnerId& owner) {
  ATTEMPT_VOID(check_tus_version(request.headers));
  ATTEMPT(const std::string id, path_id(request, "upload"));
  ATTEMPT_VOID(api.services.uploads.remove(owner, id));
  return tus_response(204);
}

Problem offset_problem(uint64_t offset, const BlobInfo& upload) {
  Problem problem(ErrorCode::kConflict,
                  "Upload-Offset is " + std::to_string(offset) + " but " + std::to_string(upload.size_bytes) +
                      " bytes have arrived; go on from there",
                  "Upload-Offset");
  problem.headers.add("Upload-Offset", std::to_string(upload.size_bytes));
  return problem;
}

// One PATCH. What was written before the connection broke stays.
class UploadSink final : public BodySink {
 public:
  UploadSink(Uploads& uploads, OwnerId owner, BlobId id, uint64_t offset)
      : uploads_(uploads), owner_(std::move(owner)), id_(std::move(id)), offset_(offset) {}

  Outcome<void> write(std::span<const std::byte> piece) override {
    const auto size = uploads_.append(owner_, id_, offset_, piece);
    if (!size) {
      abandon();
      return refuse(size.error());
    }
    offset_ = *size;
    return {};
  }

  Outcome<Response> finish() override {
    ATTEMPT(const BlobInfo upload, uploads_.flush(owner_, id_));
    return with_offset(tus_response(204), upload);
  }

  void abandon() override { static_cast<void>(uploads_.flush(owner_, id_)); }

 private:
  Uploads& uploads_;
  OwnerId owner_;
  BlobId id_;
  uint64_t offset_;
};

Outcome<std::unique_ptr<BodySink>> begin_append(const Api& api, const Request& request) {
  ATTEMPT(const OwnerId owner, owner_of(api, request));
  ATTEMPT_VOID(check_tus_version(request.headers));
  ATTEMPT(const std::string id, path_id(request, "upload"));
  const auto type = request.headers.find("Content-Type").value_or("");
  if (to_lower_ascii(trim(type)) != kPatchType)
    return refuse(
        {415, {ErrorCode::kInvalidArgument, "send Content-Type: " + std::string(kPatchType)}, "Content-Type"});
  ATTEMPT(const uint64_t offset, number_header(request.headers, "Upload-Offset"));
  ATTEMPT(const BlobInfo upload, api.services.uploads.find(owner, id));
  if (offset != upload.size_bytes) return refuse(offset_problem(offset, upload));
  const uint64_t room = upload.final_size_bytes.value_or(INT64_MAX) - upload.size_bytes;
  if (request.headers.find("Content-Length")) {
    ATTEMPT(const uint64_t length, number_header(request.headers, "Content-Length"));
    if (length > room)
      return refuse({ErrorCode::kTooLarge,
                     "the body goes beyond Upload-Length: " + std::to_string(room) + " bytes are missing",
                     "Content-Length"});
  }
  return std::make_unique<UploadSink>(api.services.uploads, owner, id, offset);
}

Outcome<Response> describe(const Api& api) {
  Response response = tus_response(204);
  response.headers.add("Tus-Version", "1.0.0");
  response.headers.add("Tus-Extension", "creation,termination");
  response.headers.add("Tus-Max-Size", std::to_string(api.services.uploads.limits().max_size_bytes));
  return response;
}

}  // namespace

void add_upload_routes(Router& router, const std::shared_ptr<const Api>& api) {
  router.add("OPTIONS", "/api/v1/uploads", Handler([api](const Request&) { return describe(*api); }));
  router.add("POST", "/api/v1/uploads", with_owner(api, create_upload));
  router.add("HEAD", "/api/v1/uploads/{id}", with_owner(api, show_upload));
  router.add("PATCH", "/api/v1/uploads/{id}",
             StreamHandler([api](const Request& request) { return begin_append(*api, request); }));
  router.add("DELETE", "/api/v1/uploads/{id}", with_owner(api, delete_upload));
}

}  // namespace v2t::http
