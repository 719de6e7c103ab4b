// One line per event on standard error, as text or as JSON that stays valid whatever the values hold.
// Thread-safe; a line is written whole.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace v2t::log {

enum class Level { kDebug, kInfo, kWarning, kError, kSilent };
enum class Format { kText, kJson };

// Call once at start, before threads.
void configure(Level least, Format format);

using Field = std::pair<std::string_view, std::string>;

// log::info("model loaded", {{"model", name}, {"seconds", seconds}});  Never pass secrets.
void debug(std::string_view message, std::initializer_list<Field> fields = {});
void info(std::string_view message, std::initializer_list<Field> fields = {});
void warning(std::string_view message, std::initializer_list<Field> fields = {});
void error(std::string_view message, std::initializer_list<Field> fields = {});

// The line that would be written, without the time: for tests.
std::string format_line(Format format, Level level, std::string_view message, std::initializer_list<Field> fields);

}  // namespace v2t::log
