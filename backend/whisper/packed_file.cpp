// Files of packed weights.
#include "whisper/packed_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <fstream>
#include <system_error>

#include "base/file.h"

namespace v2t::whisper {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPageBytes = 4096;
constexpr uint64_t kLeftFree = 1'000'000'000;
constexpr std::string_view kExtension = ".packed";
constexpr std::string_view kSource = "\nsource ";
constexpr std::chrono::hours kUnfinishedFor{1};

std::string first_line() { return "video2text packed weights, version " + std::to_string(PackedFile::kVersion); }

// The file itself, not the link to it that the hub's cache holds.
std::optional<std::string> identity(const fs::path& file) {
  std::error_code problem;
  const fs::path path = fs::canonical(file, problem);
  struct stat info{};
  if (problem || ::stat(path.c_str(), &info) != 0) return std::nullopt;
  return path.string() + '\n' + std::to_string(info.st_size) + " bytes, changed " +
         std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec) + ", inode " +
         std::to_string(info.st_ino);
}

std::string text_of(const Dimensions& d) {
  std::string text = "\ndimensions";
  for (const int value : {d.n_mels, d.n_audio_positions, d.n_text_positions, d.n_state, d.n_heads, d.n_encoder_layers,
                          d.n_decoder_layers, d.n_vocabulary})
    text += ' ' + std::to_string(value);
  return text;
}

// Fowler, Noll, Vo: FNV-1a with 64 bits. Names need not be unguessable: the page decides.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

std::string hex(uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

// For people who look into the folder: the model's name as far as it can be part of a file's.
std::string readable(const std::string& name) {
  std::string text = name.substr(0, 64);
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 128 && std::isalnum(c) == 0 && c != '.' && c != '-'; }, '_');
  return text;
}

std::string read_page(const fs::path& path) {
  std::string page(kPageBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(page.data(), static_cast<std::streamsize>(page.size()));
  page.resize(static_cast<size_t>(file.gcount()));
  return page;
}

// Of another version, or of a model that is no longer there.
bool is_useless(const std::string& page) {
  if (!page.starts_with(first_line() + '\n')) return true;
  const size_t begin = page.find(kSource);
  if (begin == std::string::npos) return true;
  const size_t from = begin + kSource.size();
  std::error_code problem;
  return !fs::exists(page.substr(from, page.find('\n', from) - from), problem) && !problem;
}

bool is_unfinished(const fs::path& path) {
  std::error_code problem;
  const auto changed = fs::last_write_time(path, problem);
  return !problem && fs::file_time_type::clock::now() - changed > kUnfinishedFor;
}

void delete_useless(const fs::path& folder) {
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    const fs::path& path = entry.path();
    const bool is_finished = path.extension() == kExtension;
    if (!is_finished && path.filename().string().find(std::string(kExtension) + '.') == std::string::npos) continue;
    if (is_finished ? is_useless(read_page(path)) : is_unfinished(path)) fs::remove(path, problem);
  }
}

}  // namespace

std::optional<PackedFile> PackedFile::of(const fs::path& folder, const ModelFiles& files, const Dimensions& dimensions,
                                         nn::InstructionSet instruction_set) {
  std::string page = first_line() + '\n' + std::string(nn::instruction_set_name(instruction_set)) + text_of(dimensions);
  std::vector<fs::path> sources{files.model};
  sources.insert(sources.end(), files.shards.begin(), files.shards.end());
  for (const auto& source : sources) {
    const auto text = identity(source);
    if (!text) return std::nullopt;
    page += std::string(kSource) + *text;
  }
  if (page.size() >= kPageBytes) return std::nullopt;
  const std::string key = fs::absolute(files.model).string() + std::string(nn::instruction_set_name(instruction_set));
  page.resize(kPageBytes);
  fs::path path = folder / (readable(files.name) + '-' + hex(hash_of(key)) + std::string(kExtension));
  return PackedFile(std::move(path), std::move(page), dimensions, instruction_set);
}

std::shared_ptr<const Weights> PackedFile::map(const TensorSource& source) const {
  const auto file = MappedFile::open(path_, MappedFile::Pages::kHuge);
  if (!file || (*file)->bytes().size() < kPageBytes) return nullptr;
  const auto bytes = (*file)->bytes();
  if (!std::ranges::equal(bytes.first(kPageBytes), std::as_bytes(std::span(page_)))) return nullptr;
  return Weights::lay_over(bytes.subspan(kPageBytes), *file, source, dimensions_, instruction_set_);
}

Result<void> PackedFile::write(const Weights& weights, const std::stop_token& stop) const {
  const fs::path folder = path_.parent_path();
  std::error_code problem;
  fs::create_directories(folder, problem);
  delete_useless(folder);
  const auto space = fs::space(folder, problem);
  if (!problem && space.available < weights.size_bytes() + kLeftFree)
    return fail(ErrorCode::kDiskFull, "keeping packed weights in " + folder.string() + " would leave less than 1 GB");
  auto parts = weights.packed();
  parts.insert(parts.begin(), std::as_bytes(std::span(page_)));
  return write_file_atomically(path_, parts, stop);
}

}  // namespace v2t::whisper
