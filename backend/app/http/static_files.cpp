// Static files: lookup without traversal, types, tags, caching.
#include "app/http/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "app/http/range.h"
#include "app/http/router.h"
#include "base/text.h"

namespace v2t::http {
namespace {

struct TypeOfExtension {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array kTypes{
    TypeOfExtension{".html", "text/html; charset=utf-8"},
    TypeOfExtension{".js", "text/javascript; charset=utf-8"},
    TypeOfExtension{".css", "text/css; charset=utf-8"},
    TypeOfExtension{".json", "application/json"},
    TypeOfExtension{".webmanifest", "application/manifest+json"},
    TypeOfExtension{".svg", "image/svg+xml"},
    TypeOfExtension{".png", "image/png"},
    TypeOfExtension{".ico", "image/x-icon"},
    TypeOfExtension{".jpg", "image/jpeg"},
    TypeOfExtension{".webp", "image/webp"},
    TypeOfExtension{".woff2", "font/woff2"},
    TypeOfExtension{".wasm", "application/wasm"},
    TypeOfExtension{".map", "application/json"},
    TypeOfExtension{".mp4", "video/mp4"},
    TypeOfExtension{".yaml", "application/yaml; charset=utf-8"},
    TypeOfExtension{".txt", "text/plain; charset=utf-8"},
};

constexpr std::string_view kNoPage =
    "<!doctype html><meta charset=\"utf-8\"><title>video2text</title><h1>The page is not built</h1>"
    "<p>The server works, but the folder with its page is missing. Build it with <code>make start</code> at the root "
    "of "
    "the project, or <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>, and start the server "
    "again."
    "<p>The interface for programs is at <code>/api/v1</code>.";

std::string_view type_of(std::string_view path) {
  for (const auto& entry : kTypes)
    if (path.ends_with(entry.extension)) return entry.type;
  return "application/octet-stream";
}

bool is_safe_segment(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' && segment.find_first_of("/\\") == std::string_view::npos;
}

Response no_page() {
  Response response;
  response.status = 503;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::string(kNoPage);
  return response;
}

bool takes_gzip(const Request& request) {
  const auto accepted = request.headers.find("Accept-Encoding");
  if (!accepted) return false;
  const auto codings = split(to_lower_ascii(*accepted), ',');
  return std::any_of(codings.begin(), codings.end(), [](const std::string& coding) {
    const std::string_view text = trim(coding);
    return text == "gzip" || (text.starts_with("gzip;") && text.find("q=0") == std::string_view::npos) ||
           text.starts_with("gzip;q=0.");
  });
}

std::string tag_of(const struct stat& info) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "\"%llx-%llx%09lx\"", static_cast<unsigned long long>(info.st_size),
                static_cast<unsigned long long>(info.st_mtim.tv_sec), static_cast<unsigned long>(info.st_mtim.tv_nsec));
  return text.data();
}

// `path`: the file's own, without .gz.
std::optional<Response> file_of(const Request& request, UniqueFd file, std::string_view path) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  Response response = file_response(request, std::move(file), static_cast<uint64_t>(info.st_size), tag_of(info));
  if (response.status == 200 || response.status == 206)
    response.headers.set("Content-Type", std::string(type_of(path)));
  response.headers.set("Vary", "Accept-Encoding");
  // Vite puts a hash of the content into the names of assets.
  response.headers.set("Cache-Control",
                       path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

std::optional<Response> find_file(const std::filesystem::path& folder, const Request& request, std::string_view path) {
  if (takes_gzip(request))
    if (auto packed = open_inside(folder, std::string(path) + ".gz"))
      if (auto response = file_of(request, *std::move(packed), path)) {
        response->headers.set("Content-Encoding", "gzip");
        return response;
      }
  auto file = open_inside(folder, path);
  return file ? file_of(request, *std::move(file), path) : std::nullopt;
}

}  // namespace

Outcome<Response> serve_static(const std::filesystem::path& folder, const Request& request) {
  const auto path = percent_decode(request.path);
  if (!path) return refuse({ErrorCode::kInvalidArgument, "the path is not percent-encoded UTF-8"});
  if (auto response = find_file(folder, request, *path)) return *std::move(response);
  if (path->find('.') != std::string::npos) return refuse({ErrorCode::kNotFound, "no such file"});
  if (auto index = find_file(folder, request, "/index.html")) return *std::move(index);
  return no_page();
}

std::optional<UniqueFd> open_inside(const std::filesystem::path& folder, std::string_view path) {
  if (!path.starts_with('/') || folder.empty()) return std::nullopt;
  UniqueFd place(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const auto segments = split(path.substr(1), '/');
  for (size_t i = 0; place.valid() && i < segments.size(); ++i) {
    if (!is_safe_segment(segments[i])) return std::nullopt;
    const bool is_last = i + 1 == segments.size();
    const int flags = (is_last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC;
    place = UniqueFd(::openat(place.get(), segments[i].c_str(), flags));
  }
  if (!place.valid()) return std::nullopt;
  return place;
}

}  // namespace v2t::http
