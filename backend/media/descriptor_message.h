// A request with two descriptors, as one message over a Unix socket (unix(7), SCM_RIGHTS).
#pragma once

#include <array>
#include <optional>

#include "base/file.h"
#include "media/frames.h"

namespace v2t::media {

struct DescriptorMessage {
  Request request;
  std::array<UniqueFd, 2> descriptors;
};

// False, and errno, when the other side is gone.
bool send_with_descriptors(int socket, const Request& request, const std::array<int, 2>& descriptors);
// Waits; nullopt when the other side is gone, or sends anything else.
std::optional<DescriptorMessage> receive_with_descriptors(int socket);

}  // namespace v2t::media
