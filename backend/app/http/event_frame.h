// The wire form of server-sent events (HTML, section 9.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace v2t::http {

// "id: 7\nevent: state\ndata: {...}\n\n"; without an id for live events. `data` holds no line ends.
std::string event_frame(std::optional<uint64_t> id, std::string_view type, std::string_view data);

}  // namespace v2t::http
