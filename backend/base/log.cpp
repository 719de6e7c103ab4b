// Writes log lines, as text or JSON.
#include "base/log.h"

#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>

#include "base/text.h"

namespace v2t::log {
namespace {

std::atomic<Level> least_level{Level::kInfo};
std::atomic<Format> line_format{Format::kText};

std::string_view level_name(Level level) {
  constexpr std::array<std::string_view, 5> kNames{"debug", "info", "warning", "error", "silent"};
  return kNames[static_cast<size_t>(level)];
}

std::string now_utc() {
  const auto now = std::chrono::system_clock::now();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + n, text.size() - n, ".%03dZ", static_cast<int>(millis));
  return text.data();
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (level < least_level.load(std::memory_order_relaxed)) return;
  const Format format = line_format.load(std::memory_order_relaxed);
  std::string line = format_line(format, level, message, fields);
  line = format == Format::kJson ? "{\"time\":\"" + now_utc() + "\"," + line.substr(1) : now_utc() + " " + line;
  line += '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void configure(Level least, Format format) {
  least_level = least;
  line_format = format;
}

std::string format_line(Format format, Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (format == Format::kJson) {
    std::string line =
        "{\"level\":\"" + std::string(level_name(level)) + "\",\"message\":\"" + escape_json(message) + "\"";
    for (const auto& [name, value] : fields) line += ",\"" + escape_json(name) + "\":\"" + escape_json(value) + "\"";
    return line + "}";
  }
  std::string line = std::string(level_name(level)) + " " + escape_json(message);
  for (const auto& [name, value] : fields) line += " " + std::string(name) + "=\"" + escape_json(value) + "\"";
  return line;
}

void debug(std::string_view message, std::initializer_list<Field> fields) { write(Level::kDebug, message, fields); }
void info(std::string_view message, std::initializer_list<Field> fields) { write(Level::kInfo, message, fields); }
void warning(std::string_view message, std::initializer_list<Field> fields) { write(Level::kWarning, message, fields); }
void error(std::string_view message, std::initializer_list<Field> fields) { write(Level::kError, message, fields); }

}  // namespace v2t::log
