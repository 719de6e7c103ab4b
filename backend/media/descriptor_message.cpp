// Descriptors over a socket.
#include "media/descriptor_message.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace v2t::media {
namespace {

struct Message {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> control{};
  iovec content{};
  msghdr header{};

  Message(void* data, size_t size) : content{data, size} {
    header.msg_iov = &content;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
};

}  // namespace

bool send_with_descriptors(int socket, const Request& request, const std::array<int, 2>& descriptors) {
  Request copy = request;
  Message message(&copy, sizeof(copy));
  cmsghdr* const part = CMSG_FIRSTHDR(&message.header);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(sizeof(descriptors));
  std::memcpy(CMSG_DATA(part), descriptors.data(), sizeof(descriptors));
  ssize_t n = 0;
  while ((n = ::sendmsg(socket, &message.header, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return n == sizeof(copy);
}

std::optional<DescriptorMessage> receive_with_descriptors(int socket) {
  DescriptorMessage out;
  Message message(&out.request, sizeof(out.request));
  ssize_t n = 0;
  while ((n = ::recvmsg(socket, &message.header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  const cmsghdr* const part = n == sizeof(out.request) ? CMSG_FIRSTHDR(&message.header) : nullptr;
  std::array<int, 2> descriptors{};
  if (part == nullptr || part->cmsg_type != SCM_RIGHTS || part->cmsg_len != CMSG_LEN(sizeof(descriptors)))
    return std::nullopt;
  std::memcpy(descriptors.data(), CMSG_DATA(part), sizeof(descriptors));
  for (size_t i = 0; i < descriptors.size(); ++i) out.descriptors[i] = UniqueFd(descriptors[i]);
  return out;
}

}  // namespace v2t::media
