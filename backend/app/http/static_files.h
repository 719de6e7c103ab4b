// The page's files, from one folder and nothing outside of it.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

// GET and HEAD. Paths without a dot that name no file get index.html (the page finds its own way); FILE.gz beside FILE
// is sent to clients that take gzip. Without the folder: a page that says how to build it (503).
Outcome<Response> serve_static(const std::filesystem::path& folder, const Request& request);

// The folder's file of this path, opened step by step without following links; nothing for anything else.
std::optional<UniqueFd> open_inside(const std::filesystem::path& folder, std::string_view path);

}  // namespace v2t::http
