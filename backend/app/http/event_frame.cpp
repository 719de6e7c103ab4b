// One event as text.
#include "app/http/event_frame.h"

namespace v2t::http {

std::string event_frame(std::optional<uint64_t> id, std::string_view type, std::string_view data) {
  std::string frame;
  if (id) frame = "id: " + std::to_string(*id) + '\n';
  frame += "event: ";
  frame += type;
  frame += "\ndata: ";
  frame += data;
  return frame += "\n\n";
}

}  // namespace v2t::http
