// `video2text convert`: text with times from one format into others, without any recognition.
#include <cstdio>
#include <filesystem>

#include "app/cli/commands.h"
#include "app/services/exports.h"
#include "app/services/imports.h"
#include "base/file.h"
#include "base/text.h"

namespace v2t::cli {
namespace {

constexpr size_t kMostBytes = 256'000'000;  // a transcript of a day with all its words is a tenth of this

std::string extension_of(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension().string();
  return extension.empty() ? "" : to_lower_ascii(extension.substr(1));
}

Result<std::string> read_stdin() {
  std::string content;
  std::string piece(1 << 16, '\0');
  while (const size_t n = std::fread(piece.data(), 1, piece.size(), stdin)) {
    content.append(piece, 0, n);
    if (content.size() > kMostBytes) return fail(ErrorCode::kTooLarge, "standard input is too long for a text");
  }
  if (std::ferror(stdin) != 0) return tl::unexpected(errno_error("read", "standard input"));
  return content;
}

Result<ImportedText> read_input(const ConvertArguments& arguments) {
  const std::string name = arguments.from.value_or(extension_of(arguments.input));
  const auto format = import_format_from_name(name);
  if (!format)
    return fail(ErrorCode::kInvalidArgument,
                arguments.input +
                    ": reads json, srt, vtt and tsv; name the format with --from. Video and sound become "
                    "text with `video2text transcribe`");
  TRY(const std::string bytes, arguments.input == "-" ? read_stdin() : read_file(arguments.input, kMostBytes));
  auto imported = import_text(bytes, *format);
  if (!imported) return wrap(imported.error(), arguments.input);
  Transcript& transcript = imported->transcript;
  if (transcript.name.empty()) transcript.name = std::filesystem::path(arguments.input).filename().string();
  if (arguments.language) transcript.language = *arguments.language;
  return imported;
}

Result<ExportFormat> output_format(const ConvertArguments& arguments, const std::string& output) {
  const auto format = export_format_from_name(arguments.format.value_or(extension_of(output)));
  if (format) return *format;
  return fail(ErrorCode::kInvalidArgument,
              output + ": writes " + export_format_names() + "; name the format with --format");
}

Result<void> check_outputs(const ConvertArguments& arguments) {
  for (const auto& output : arguments.outputs) {
    TRY_VOID(output_format(arguments, output));
    std::error_code ignored;  // the output need not be there
    if (output != "-" && std::filesystem::equivalent(arguments.input, output, ignored))
      return fail(ErrorCode::kInvalidArgument, output + " is the file that is read; write to another");
  }
  return {};
}

Result<void> convert(const ConvertArguments& arguments) {
  TRY_VOID(export_options(arguments.wishes, ""));
  TRY_VOID(check_outputs(arguments));
  TRY(const ImportedText imported, read_input(arguments));
  TRY(ExportOptions options, export_options(arguments.wishes, imported.transcript.language));
  if (!arguments.reshapes) options.cues = imported.cues;
  for (const auto& output : arguments.outputs) {
    TRY(const ExportFormat format, output_format(arguments, output));
    const std::string content = export_transcript(imported.transcript, format, options);
    TRY_VOID(output == "-" ? write_to_stdout(content) : write_file_atomically(output, content));
  }
  return {};
}

}  // namespace

int run_convert(const ConvertArguments& arguments) {
  const auto done = convert(arguments);
  if (done) return kExitDone;
  print_error(done.error());
  return exit_code_of(done.error());
}

}  // namespace v2t::cli
