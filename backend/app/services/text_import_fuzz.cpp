// Fuzzer of the readers of text with times, and of all that is written from what they read. The first character chooses
// the format that is read and the one that is written.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "app/services/exports.h"
#include "app/services/imports.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace v2t;
  if (size == 0 || size > 20000) return 0;
  constexpr ImportFormat kFormats[] = {ImportFormat::kJson, ImportFormat::kSrt, ImportFormat::kVtt, ImportFormat::kTsv};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto imported = import_text(bytes, kFormats[data[0] % 4]);
  if (!imported) return 0;
  ExportOptions options;
  options.rules.line_columns = 10 + data[0] % 40;
  options.words = data[0] % 2 == 0;
  constexpr const char* kWritten[] = {"vtt", "txt", "srt", "csv", "ass", "lrc", "docx"};
  const auto format = *export_format_from_name(kWritten[data[0] / 4 % std::size(kWritten)]);
  const std::string out = export_transcript(imported->transcript, format, options);
  CHECK(format == ExportFormat::kDocx || is_valid_utf8(out));
  if (format == ExportFormat::kVtt) CHECK(import_text(out, ImportFormat::kVtt));
  return 0;
}
