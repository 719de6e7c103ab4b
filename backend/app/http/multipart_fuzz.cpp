// Fuzzes the form reader: the first byte is the size of the pieces in which the rest arrives. Whatever the pieces, the
// parts are the same.
#include <cstddef>
#include <cstdint>

#include "app/http/multipart.h"

namespace {

using namespace v2t::http;

class Parts final : public FormReceiver {
 public:
  Outcome<void> begin_part(const FormPart& part) override {
    all += '[' + part.name + '|' + part.filename.value_or("") + '|';
    return {};
  }
  Outcome<void> take(std::string_view content) override {
    all += content;
    return {};
  }
  Outcome<void> end_part() override {
    all += ']';
    return {};
  }
  std::string all;
};

Outcome<void> read(std::string_view body, size_t piece, FormReceiver& parts) {
  MultipartReader reader("b", parts);
  for (size_t i = 0; i < body.size(); i += piece) ATTEMPT_VOID(reader.write(body.substr(i, piece)));
  return reader.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  Parts in_pieces;
  Parts at_once;
  const auto first = read(body, data[0] % 64U + 1, in_pieces);
  const auto second = read(body, body.size(), at_once);
  CHECK(first.has_value() == second.has_value());
  if (first) CHECK(in_pieces.all == at_once.all);
  Headers headers;
  headers.add("Content-Type", std::string(body));
  static_cast<void>(multipart_boundary(headers));
  return 0;
}
