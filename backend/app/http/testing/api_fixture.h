// The API as two sessions use it: what requests of the page look like, and jobs in the states that tests begin with.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/http/testing/served_api.h"

namespace v2t::http::testing {

class ApiTest : public ServedApi {
 protected:
  ApiTest() : ServedApi(options()) {
    token_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
    stranger_ = std::string(body_of(post("/session", "", "")).at("token").as_string());
  }

  static ServedApiOptions options() {
    ServedApiOptions options;
    options.server.media_kept_hours = 24;
    options.quotas = {.uploads_at_once = 100, .bytes_per_day = 50'000'000};
    return options;
  }

  static boost::json::object body_of(const Reply& reply) { return boost::json::parse(reply.body).as_object(); }
  static std::string error_of(const Reply& reply) {
    return std::string(body_of(reply).at("error").at("code").as_string());
  }

  std::string head(const std::string& method, const std::string& path, const std::string& token,
                   const std::string& more = "") const {
    const std::string session = token.empty() ? "" : "X-V2T-Session: " + token + "\r\n";
    return method + " /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\n" + session + more;
  }
  Reply get(const std::string& path, const std::string& more = "") const {
    return server_.ask(head("GET", path, token_, more) + "\r\n");
  }
  Reply post(const std::string& path, const std::string& body, const std::string& token) const {
    return send_json("POST", path, body, token);
  }
  Reply send_json(const std::string& method, const std::string& path, const std::string& body,
                  const std::string& token) const {
    return server_.ask(head(method, path, token, "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply edit(const std::string& path, const std::string& more, const std::string& body) const {
    return server_.ask(head("PATCH", path, token_, more + "Content-Type: application/json\r\nContent-Length: ") +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply tus(const std::string& method, const std::string& path, const std::string& more, const std::string& body = "") {
    return server_.ask(head(method, path, token_, "Tus-Resumable: 1.0.0\r\n" + more) +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Reply append(const std::string& upload, uint64_t offset, const std::string& body) {
    return tus("PATCH", "/uploads/" + upload,
               "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " + std::to_string(offset) + "\r\n",
               body);
  }

  std::string new_upload(size_t size) {
    const Reply reply =
        tus("POST", "/uploads",
            "Upload-Length: " + std::to_string(size) + "\r\nUpload-Metadata: filename bGVjdHVyZS5tcDQ=\r\n");
    return std::string(reply.headers.find("Location").value_or("none")).substr(std::string("/api/v1/uploads/").size());
  }
  std::string new_job(const std::string& upload) {
    return std::string(body_of(post("/jobs", R"({"upload":")" + upload + "\"}", token_)).at("id").as_string());
  }
  // A job whose media is there.
  std::string queued_job(const std::string& media = "media") {
    const std::string upload = new_upload(media.size());
    append(upload, 0, media);
    return new_job(upload);
  }
  std::string state_of(const std::string& job) {
    return std::string(body_of(get("/jobs/" + job)).at("state").as_string());
  }

  Segment segment(uint64_t window, const std::string& text) {
    Segment segment;
    segment.window = window;
    segment.start = Millis(1000 * window);
    segment.end = Millis(1000 * window + 900);
    segment.text = text;
    return segment;
  }

  std::string token_;
  std::string stranger_;
};

}  // namespace v2t::http::testing
