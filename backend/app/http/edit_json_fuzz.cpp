// Change bodies and If-Match headers of strangers.
#include <cstdint>
#include <string_view>

#include "app/http/edit_json.h"
#include "app/http/json_body.h"
#include "domain/editing.h"

using namespace v2t;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("If-Match", input);
  request.body = input;
  static_cast<void>(http::parse_if_match(request.headers));
  const auto body = http::parse_json_object(request);
  if (!body) return 0;
  const auto changes = http::parse_changes(*body);
  if (!changes) return 0;
  VersionedText text;
  for (uint64_t id = 0; id < 3; ++id) {
    Segment segment;
    segment.id = id;
    segment.start = Millis(1000 * id);
    segment.end = segment.start + Millis(900);
    segment.text = "one two";
    segment.words = {{segment.start, segment.start + Millis(400), " one"},
                     {segment.start + Millis(500), segment.end, " two"}};
    text.segments.push_back(segment);
  }
  const auto edit = apply_changes(text, *changes);
  if (edit) overlaid(1, text.segments, edits_of(*edit, text));
  return 0;
}
