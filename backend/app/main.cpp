// video2text: argv -> one command.
#include <filesystem>

#include "app/cli/arguments.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/composition.h"
#include "config.h"
#include "media/reader.h"

namespace {

std::filesystem::path program_folder() {
  std::error_code problem;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", problem);
  return problem ? std::filesystem::current_path() : program.parent_path();
}

struct RunCommand {
  const v2t::Composition& composition;
  std::stop_token stop;

  int operator()(const v2t::cli::TranscribeArguments& a) const {
    return v2t::cli::run_transcribe(a, composition, stop);
  }
  int operator()(const v2t::cli::ConvertArguments& a) const { return v2t::cli::run_convert(a); }
  int operator()(const v2t::cli::ServeArguments&) const { return v2t::cli::run_serve(composition, stop); }
  int operator()(const v2t::cli::ModelsArguments& a) const { return v2t::cli::run_models(a, composition, stop); }
  int operator()(const v2t::cli::KeysArguments& a) const { return v2t::cli::run_keys(a, composition); }
  int operator()(const v2t::cli::DoctorArguments&) const { return v2t::cli::run_doctor(composition, stop); }
};

// The terminal belongs to the text: without a wish of the user's, `serve` alone logs what goes well.
void configure_log(const v2t::cli::Arguments& arguments, const v2t::LoadedConfig& loaded) {
  auto level = loaded.config.log_level;
  const bool serves = std::holds_alternative<v2t::cli::ServeArguments>(arguments.command);
  if (!serves && loaded.sources.at("LOG_LEVEL") == v2t::SettingSource::kDefault) level = v2t::log::Level::kWarning;
  v2t::log::configure(level, loaded.config.log_format);
}

int run(int argc, char** argv) {
  const auto parsed = v2t::cli::parse_arguments(argc, argv);
  if (!parsed.arguments) return parsed.exit_code;
  auto loaded = v2t::load_config(parsed.arguments->settings, v2t::process_environment, program_folder());
  if (!loaded) {
    v2t::cli::print_error(loaded.error());
    return v2t::cli::kExitUsage;
  }
  configure_log(*parsed.arguments, *loaded);
  const v2t::cli::Interrupt interrupt;
  const v2t::Composition composition(*std::move(loaded));
  return std::visit(RunCommand{composition, interrupt.token()}, parsed.arguments->command);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "decode-child") return v2t::run_decode_child();
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    v2t::cli::print_error({v2t::ErrorCode::kInternal, std::string("unexpected: ") + problem.what()});
    return v2t::cli::kExitFailed;
  }
}
