// Fuzzes every parser of request text; the first byte chooses one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/http/head.h"
#include "app/http/job_json.h"
#include "app/http/media_type.h"
#include "app/http/range.h"
#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/tus.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t;
  using namespace v2t::http;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Request request;
  request.headers.add("Cookie", std::string(text));
  switch (data[0] % 8) {
    case 0:
      static_cast<void>(scan_head(text, {}));
      break;
    case 1:
      if (const auto range = parse_range(text, size * 7); std::holds_alternative<ByteRange>(range))
        CHECK(std::get<ByteRange>(range).first <= std::get<ByteRange>(range).last &&
              std::get<ByteRange>(range).last < size * 7);
      break;
    case 2:
      static_cast<void>(upload_metadata(text, "filename"));
      break;
    case 3:
      static_cast<void>(session_cookie(request.headers));
      break;
    case 4:
      static_cast<void>(parse_query(text));
      break;
    case 5:
      static_cast<void>(parse_target(text));
      break;
    case 6:
      CHECK(attachment(text, "srt").find('\n') == std::string::npos);
      break;
    default:
      request.headers.add("Content-Type", "application/json");
      request.body = std::string(text);
      static_cast<void>(parse_new_job(request, {}));
  }
  return 0;
}
