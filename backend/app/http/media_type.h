// What a media file is, by its first bytes: never by its name or by what the client said.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace v2t::http {

// "video/mp4" and the like, from a fixed list of audio and video types; else "application/octet-stream".
// `head`: the first 512 bytes or more, if there are as many.
std::string_view sniff_media_type(std::string_view head);

// "attachment; filename="lecture.srt"; filename*=UTF-8''..." (RFC 6266): the job's name without its media extension.
std::string attachment(std::string_view job_name, std::string_view extension);

}  // namespace v2t::http
