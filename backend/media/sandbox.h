// What the decoding child gives up before it touches the media.
#pragma once

namespace v2t::media {

// Limits on memory, descriptors, files and privileges of this process; it dies with its parent.
// The limit on processor time is the parent's to set, since it grows with the sound received.
void lock_down();

}  // namespace v2t::media
