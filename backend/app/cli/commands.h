// The commands of the terminal. Each returns the process's exit code.
#pragma once

#include <stop_token>
#include <string_view>

#include "app/cli/arguments.h"
#include "app/composition.h"

namespace v2t::cli {

int run_transcribe(const TranscribeArguments& arguments, const Composition& composition, std::stop_token stop);
int run_convert(const ConvertArguments& arguments);
int run_serve(const Composition& composition, std::stop_token stop);
int run_models(const ModelsArguments& arguments, const Composition& composition, std::stop_token stop);
int run_keys(const KeysArguments& arguments, const Composition& composition);
int run_doctor(const Composition& composition, std::stop_token stop);

// What doctor finds, as lines of the log.
void log_diagnosis(const Composition& composition, std::stop_token stop);

// All of it, or the error.
Result<void> write_to_stdout(std::string_view content);

// "video2text: <message>" on standard error.
void print_error(const Error& error);
// What the process ends with after this error.
int exit_code_of(const Error& error);

}  // namespace v2t::cli
