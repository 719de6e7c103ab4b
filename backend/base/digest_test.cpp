// Digests against published values.
#include "base/digest.h"

#include <gtest/gtest.h>

#include <string_view>

namespace v2t {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Digest, OfNothingIsThePublishedSha256) {
  EXPECT_EQ(Digest::sha256().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, OfPiecesIsTheDigestOfTheWhole) {
  Digest digest = Digest::sha256();
  digest.update(bytes("a"));
  digest.update(bytes("bc"));
  EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
}

TEST(Digest, OfAGitBlobIsWhatGitHashObjectSays) {
  EXPECT_EQ(Digest::git_blob(0).hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  Digest digest = Digest::git_blob(6);
  digest.update(bytes("hello\n"));
  EXPECT_EQ(digest.hex(), "ce013625030ba8dba906f756967f9e9ca394464a");
}

}  // namespace
}  // namespace v2t
