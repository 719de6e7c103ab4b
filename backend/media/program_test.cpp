// The test program is also the decoding child of its own tests.
#include <gmock/gmock.h>

#include <cstring>

#include "media/reader.h"

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "decode-child") == 0) return v2t::run_decode_child();
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
