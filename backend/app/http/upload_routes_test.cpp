// Tests of uploads over loopback.
#include "app/http/testing/api_fixture.h"

namespace v2t::http {
namespace {

using testing::RawClient;
using testing::Reply;

class UploadRoutes : public testing::ApiTest {};

TEST_F(UploadRoutes, TusTellsWhatItSpeaks) {
  const Reply reply = server_.ask("OPTIONS /api/v1/uploads HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.headers.find("Tus-Version"), "1.0.0");
  EXPECT_EQ(reply.headers.find("Tus-Extension"), "creation,termination");
  EXPECT_EQ(reply.headers.find("Tus-Max-Size"), "10000000");
}

TEST_F(UploadRoutes, AnUploadArrivesInPiecesAndResumesAfterACut) {
  const std::string upload = new_upload(12);
  EXPECT_EQ(append(upload, 0, "hello").headers.find("Upload-Offset"), "5");
  {
    RawClient cut = server_.connect();
    cut.send(head("PATCH", "/uploads/" + upload, token_,
                  "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 5\r\n"
                  "Content-Length: 7\r\n\r\n wo"));
    cut.end_sending();
    cut.receive();
  }
  const Reply offset = tus("HEAD", "/uploads/" + upload, "");
  EXPECT_EQ(offset.headers.find("Upload-Offset"), "8");
  EXPECT_EQ(offset.headers.find("Upload-Length"), "12");
  EXPECT_EQ(offset.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(append(upload, 8, "rld!").status, 204);
  EXPECT_EQ(get("/jobs/" + new_job(upload) + "/media").body, "hello world!");
}

TEST_F(UploadRoutes, AWrongOffsetIsAConflictThatTellsTheRightOne) {
  const std::string upload = new_upload(10);
  append(upload, 0, "abc");
  const Reply reply = append(upload, 1, "x");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(error_of(reply), "conflict");
  EXPECT_EQ(reply.headers.find("Upload-Offset"), "3");
}

TEST_F(UploadRoutes, UploadsRefuseWhatDoesNotFit) {
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 10000001\r\n").status, 413);
  EXPECT_EQ(tus("POST", "/uploads", "").status, 400);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: -1\r\n").status, 400);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 1\r\nUpload-Metadata: filename !!\r\n").status, 400);
  const std::string upload = new_upload(3);
  EXPECT_EQ(append(upload, 0, "four").status, 413);
  EXPECT_EQ(tus("PATCH", "/uploads/" + upload, "Content-Type: text/plain\r\nUpload-Offset: 0\r\n", "abc").status, 415);
  EXPECT_EQ(server_.ask(head("HEAD", "/uploads/" + upload, token_) + "\r\n").status, 412);
  blobs_.set_free_bytes(1);
  EXPECT_EQ(tus("POST", "/uploads", "Upload-Length: 1000\r\n").status, 507);
}

TEST_F(UploadRoutes, AnUploadCanBeDeletedAlsoByMethodOverride) {
  const std::string upload = new_upload(3);
  EXPECT_EQ(tus("POST", "/uploads/" + upload, "X-HTTP-Method-Override: DELETE\r\n").status, 204);
  EXPECT_EQ(tus("HEAD", "/uploads/" + upload, "").status, 404);
}

}  // namespace
}  // namespace v2t::http
