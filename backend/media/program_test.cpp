// The test program is also the decoding child of its own tests; as `serve-script FILE`, one whose forks run this
// script.
#include <gmock/gmock.h>
#include <unistd.h>

#include <string_view>

#include "media/fork_server.h"
#include "media/reader.h"

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "decode-child") return v2t::run_decode_child();
  if (command == "serve-script") {
    v2t::media::serve_forks(STDIN_FILENO,
                            [&](const v2t::media::Request&) { return ::execl(argv[2], argv[2], nullptr); });
    return 0;
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
