// Signatures of media containers; file names of downloads.
#include "app/http/media_type.h"

#include <array>

#include "app/http/router.h"
#include "base/text.h"

namespace v2t::http {
namespace {

using namespace std::string_view_literals;

struct Signature {
  size_t offset;
  std::string_view bytes;
  std::string_view type;
};

constexpr std::array kSignatures{
    Signature{8, "WAVE"sv, "audio/wav"},
    Signature{8, "AVI "sv, "video/x-msvideo"},
    Signature{0, "fLaC"sv, "audio/flac"},
    Signature{0, "ID3"sv, "audio/mpeg"},
    Signature{0, "FLV\x01"sv, "video/x-flv"},
    Signature{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "video/x-ms-asf"},
    Signature{8, "AIFF"sv, "audio/aiff"},
    Signature{8, "AIFC"sv, "audio/aiff"},
    Signature{0, "caff"sv, "audio/x-caf"},
    Signature{0, "#!AMR"sv, "audio/amr"},
    Signature{0, "\x00\x00\x01\xBA"sv, "video/mpeg"},
    Signature{0, "\x00\x00\x01\xB3"sv, "video/mpeg"},
    Signature{4, "moov"sv, "video/quicktime"},
    Signature{4, "mdat"sv, "video/quicktime"},
    Signature{4, "wide"sv, "video/quicktime"},
};

bool has(std::string_view head, size_t offset, std::string_view bytes) {
  return head.size() >= offset && head.substr(offset).starts_with(bytes);
}

std::string_view mp4_type(std::string_view head) {
  const std::string_view brand = head.substr(8, 4);
  if (brand == "qt  ") return "video/quicktime";
  if (brand == "M4A " || brand == "M4B ") return "audio/mp4";
  if (brand.starts_with("3gp") || brand.starts_with("3g2")) return "video/3gpp";
  return "video/mp4";
}

std::string_view frame_type(std::string_view head) {
  if (head.size() < 2 || head[0] != '\xFF') return {};
  const auto second = static_cast<unsigned char>(head[1]);
  if ((second & 0xF6U) == 0xF0U) return "audio/aac";   // ADTS: layer bits are zero
  if ((second & 0xE0U) == 0xE0U) return "audio/mpeg";  // MPEG audio frame
  return {};
}

bool is_transport_stream(std::string_view head) {
  constexpr size_t kPacket = 188;
  return has(head, 0, "G") && has(head, kPacket, "G") && has(head, 2 * kPacket, "G");
}

// "lecture.mp4" -> "lecture"; "v1.2 final" stays.
std::string_view stem_of(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > 6 || dot + 1 == name.size()) return name;
  for (const char c : to_lower_ascii(name.substr(dot + 1)))
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return name;
  return name.substr(0, dot);
}

}  // namespace

std::string_view sniff_media_type(std::string_view head) {
  if (has(head, 4, "ftyp") && head.size() >= 12) return mp4_type(head);
  if (has(head, 0, "\x1A\x45\xDF\xA3"sv))
    return head.substr(0, 512).find("webm") != std::string_view::npos ? "video/webm" : "video/x-matroska";
  if (has(head, 0, "OggS"))
    return head.substr(0, 512).find("\x80theora"sv) != std::string_view::npos ? "video/ogg" : "audio/ogg";
  for (const auto& signature : kSignatures)
    if (has(head, signature.offset, signature.bytes)) return signature.type;
  if (const auto type = frame_type(head); !type.empty()) return type;
  return is_transport_stream(head) ? "video/mp2t" : "application/octet-stream";
}

std::string attachment(std::string_view job_name, std::string_view extension) {
  std::string_view stem = trim(stem_of(job_name));
  if (stem.empty()) stem = "transcript";
  std::string plain;  // for clients that do not read filename*
  for (const char c : stem) {
    const bool is_plain = c >= ' ' && c <= '~' && std::string_view("\"\\/%").find(c) == std::string_view::npos;
    plain += is_plain ? c : '_';
  }
  const std::string suffix = '.' + std::string(extension);
  return "attachment; filename=\"" + plain + suffix + "\"; filename*=UTF-8''" +
         percent_encode(to_valid_utf8(stem) + suffix);
}

}  // namespace v2t::http
