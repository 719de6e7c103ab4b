// What all commands share: errors on the terminal and exit codes; and the short commands.
#include "app/cli/commands.h"

#include <cstdio>
#include <thread>

#include "app/cli/progress.h"
#include "base/file.h"
#include "base/text.h"

namespace v2t::cli {
namespace {

Result<void> list_models(ModelLibrary& library) {
  TRY(const auto models, library.list());
  for (const auto& model : models) {
    const std::string size = model.size_bytes == 0 ? "" : human_bytes(model.size_bytes);
    std::printf("%-28s %8s  %s\n", model.name.c_str(), size.c_str(),
                model.is_downloaded ? model.folder.c_str() : "not downloaded");
  }
  return {};
}

Result<void> get_model(const ModelsArguments& arguments, ModelLibrary& library, std::stop_token stop) {
  StatusLine status(true);
  auto show = [&](const ModelProgress& progress) {
    status.show(progress.file + " " + download_line(progress.bytes_done, progress.bytes_total, status.columns()));
  };
  const bool verifies = arguments.action == ModelsArguments::Action::kVerify;
  TRY(const ModelFiles files,
      verifies ? library.verify(arguments.name, show, stop) : library.get(arguments.name, show, stop));
  status.clear();
  std::printf("%s: %s\n", arguments.name.c_str(), files.model.parent_path().c_str());
  return {};
}

Result<void> convert_model(const ModelsArguments& arguments, const Composition& composition, ModelLibrary& library,
                           std::stop_token stop) {
  StatusLine status(true);
  auto show = [&](const ModelProgress& progress) {
    status.show(progress.file + " " + download_line(progress.bytes_done, progress.bytes_total, status.columns()));
  };
  TRY(const ModelFiles files, library.get(arguments.name, show, stop));
  status.show("writing " + arguments.out);
  TRY_VOID(composition.convert_model(files, arguments.type, arguments.out, stop));
  status.clear();
  std::printf("%s: %s\n", arguments.name.c_str(), arguments.out.c_str());
  return {};
}

Result<void> use_library(const ModelsArguments& arguments, const Composition& composition, std::stop_token stop) {
  TRY(auto library, composition.make_model_library(ModelSource::kNamesAndFolders));
  if (arguments.action == ModelsArguments::Action::kList) return list_models(*library);
  if (arguments.action == ModelsArguments::Action::kConvert)
    return convert_model(arguments, composition, *library, stop);
  return get_model(arguments, *library, stop);
}

int exit_code_after(const Result<void>& done) {
  if (done) return kExitDone;
  print_error(done.error());
  return exit_code_of(done.error());
}

}  // namespace

Result<void> write_to_stdout(std::string_view content) {
  if (std::fwrite(content.data(), 1, content.size(), stdout) == content.size() && std::fflush(stdout) == 0) return {};
  return tl::unexpected(errno_error("write", "standard output"));
}

void print_error(const Error& error) { std::fprintf(stderr, "video2text: %s\n", error.message.c_str()); }

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return kExitUsage;
    case ErrorCode::kModelUnavailable:
    case ErrorCode::kModelInvalid:
      return kExitNoModel;
    case ErrorCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitFailed;
  }
}

// Who serves others reads the log, not a terminal: doctor's findings are written there, while requests are answered
// already.
int run_serve(const Composition& composition, std::stop_token stop) {
  std::jthread diagnosis;
  if (!composition.config().space_id.empty() || !is_local(composition.config()))
    diagnosis = std::jthread([&] { log_diagnosis(composition, stop); });
  return exit_code_after(composition.serve(stop));
}

int run_models(const ModelsArguments& arguments, const Composition& composition, std::stop_token stop) {
  return exit_code_after(use_library(arguments, composition, stop));
}

}  // namespace v2t::cli
