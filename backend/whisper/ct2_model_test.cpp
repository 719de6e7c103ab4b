// Tests of the reader of CTranslate2's files.
#include "whisper/ct2_model.h"

#include <gmock/gmock.h>

#include "base/temp_folder.h"
#include "whisper/testing/ct2_bytes.h"

namespace v2t::whisper {
namespace {

using ::testing::AllOf;
using testing::Ct2Bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::number_bytes;
using testing::short_bytes;
using testing::text_bytes;

std::string error_of(const std::string& bytes) {
  const auto model = Ct2Model::parse("x.bin", std::as_bytes(std::span(bytes)));
  if (model) return "no error";
  EXPECT_EQ(model.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(model.error().message, AllOf(HasSubstr("x.bin"), HasSubstr("delete it and let it be downloaded again")));
  return model.error().message;
}

TensorView find_in(const std::string& bytes, std::string_view name) {
  return Ct2Model::parse("x.bin", std::as_bytes(std::span(bytes))).value()->find(name).value();
}

TEST(Ct2Model, FindsTensorsByNameWithShapeTypeAndBytes) {
  const std::string file = Ct2Bytes().add("a", {2, 3}, 4, "123456789abc").add("b", {}, 2, "xy").build();
  const auto a = find_in(file, "a");
  EXPECT_EQ(a.type, DataType::kFloat16);
  EXPECT_THAT(a.shape, ElementsAre(2, 3));
  EXPECT_EQ(static_cast<char>(a.bytes[11]), 'c');
  EXPECT_EQ(find_in(file, "b").type, DataType::kInt16);
}

TEST(Ct2Model, KnowsEveryTypeOfVersionSix) {
  const std::string file = Ct2Bytes()
                               .add("f32", {1}, 0, "1234")
                               .add("i8", {1}, 1, "1")
                               .add("i32", {1}, 3, "1234")
                               .add("bf16", {1}, 5, "12")
                               .build();
  EXPECT_EQ(find_in(file, "f32").type, DataType::kFloat32);
  EXPECT_EQ(find_in(file, "i8").type, DataType::kInt8);
  EXPECT_EQ(find_in(file, "i32").type, DataType::kInt32);
  EXPECT_EQ(find_in(file, "bf16").type, DataType::kBfloat16);
}

TEST(Ct2Model, ReadsVersionThreeWhereTypesAreSizes) {
  const std::string file = Ct2Bytes(3).add("a", {2}, 4, "12345678").alias("b", "a").build();
  EXPECT_EQ(find_in(file, "b").type, DataType::kFloat32);
}

TEST(Ct2Model, ReadsVersionOneWithoutNameAndAliases) {
  EXPECT_THAT(find_in(Ct2Bytes(1).add("a", {3}, 1, "123").build(), "a").shape, ElementsAre(3));
}

TEST(Ct2Model, FollowsAliases) {
  const std::string file = Ct2Bytes().add("a", {1}, 4, "12").alias("b", "a").build();
  EXPECT_THAT(find_in(file, "b").shape, ElementsAre(1));
}

TEST(Ct2Model, DoesNotFindWhatIsNotThere) {
  const std::string file = Ct2Bytes().build();
  EXPECT_FALSE(Ct2Model::parse("x", std::as_bytes(std::span(file))).value()->find("a").has_value());
}

TEST(Ct2Model, MapsAFileThatOutlivesTheCall) {
  TempFolder folder;
  const auto path = folder.path() / "model.bin";
  ASSERT_TRUE(write_file_atomically(path, Ct2Bytes().add("a", {2}, 1, "hi").build()));
  const auto model = Ct2Model::open(path).value();
  EXPECT_EQ(static_cast<char>(model->find("a")->bytes[1]), 'i');
}

TEST(Ct2Model, SaysThatAFileIsMissing) {
  TempFolder folder;
  EXPECT_EQ(Ct2Model::open(folder.path() / "none.bin").error().code, ErrorCode::kNotFound);
}

TEST(Ct2Model, RefusesEveryTruncation) {
  const std::string file = Ct2Bytes().add("a", {2, 3}, 4, "123456789abc").alias("b", "a").build();
  for (size_t n = 0; n < file.size(); ++n) EXPECT_NE(error_of(file.substr(0, n)), "no error") << n;
}

TEST(Ct2Model, RefusesTrailingBytes) { EXPECT_THAT(error_of(Ct2Bytes().build() + "x"), HasSubstr("after its end")); }

TEST(Ct2Model, RefusesOtherVersionsKindsAndRevisions) {
  EXPECT_THAT(error_of(number_bytes(7)), HasSubstr("version is 7"));
  EXPECT_THAT(error_of(Ct2Bytes(6, "TransformerSpec").build()), HasSubstr("not a Whisper model"));
  EXPECT_THAT(error_of(Ct2Bytes(6, "WhisperSpec", 9).build()), HasSubstr("revision is 9"));
}

TEST(Ct2Model, RefusesCountsWithoutRoom) {
  const std::string header = number_bytes(6) + text_bytes("WhisperSpec") + number_bytes(3);
  EXPECT_THAT(error_of(header + number_bytes(0xFFFFFFFF)), HasSubstr("more than it has room for"));
  EXPECT_THAT(error_of(header + number_bytes(0) + number_bytes(0xFFFFFFFF)), HasSubstr("more than it has room for"));
}

TEST(Ct2Model, RefusesShapesThatOverflow) {
  const uint32_t huge = 0xFFFFFFFF;
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {huge, huge, huge}, 4, "").build()), HasSubstr("impossible shape"));
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {1U << 31, 1U << 31, 2}, 4, "").build()), HasSubstr("does not fit"));
}

TEST(Ct2Model, RefusesASizeThatDoesNotFitTheShape) {
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {3}, 4, "1234").build()), HasSubstr("does not fit its shape"));
}

TEST(Ct2Model, RefusesManyDimensionsAndUnknownTypes) {
  EXPECT_THAT(error_of(Ct2Bytes().add("a", std::vector<uint32_t>(9, 1), 1, "1").build()), HasSubstr("9 dimensions"));
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {1}, 6, "1").build()), HasSubstr("unknown type 6"));
}

TEST(Ct2Model, RefusesNamesThatAreNoTexts) {
  const std::string header = number_bytes(6) + text_bytes("WhisperSpec") + number_bytes(3) + number_bytes(1);
  EXPECT_THAT(error_of(header + short_bytes(0) + "123456"), HasSubstr("impossible length"));
  EXPECT_THAT(error_of(header + short_bytes(3) + "abc123456"), HasSubstr("not a text"));
}

TEST(Ct2Model, RefusesATensorTwiceAndAnAliasOfNothing) {
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {1}, 1, "1").add("a", {1}, 1, "1").build()), HasSubstr("twice"));
  EXPECT_THAT(error_of(Ct2Bytes().alias("b", "a").build()), HasSubstr("does not hold"));
}

TEST(Ct2Model, WantsAScaleForEachRowOfAnInt8Matrix) {
  const std::string scales(8, '\0');
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {2, 1}, 1, "12").build()), HasSubstr("has no scale"));
  EXPECT_THAT(error_of(Ct2Bytes().add("a", {1, 2}, 1, "12").add("a_scale", {2}, 0, scales).build()),
              HasSubstr("does not fit it"));
  EXPECT_EQ(error_of(Ct2Bytes().add("a", {2, 1}, 1, "12").add("a_scale", {2}, 0, scales).build()), "no error");
}

}  // namespace
}  // namespace v2t::whisper
