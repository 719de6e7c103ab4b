// Tests of the safetensors reader: what it accepts, and every way in which a file can lie.
#include "tensors/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensors/testing/safetensors_file.h"

namespace v2t {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::safetensors_file;

Result<TensorsByName> parse(const std::string& file) { return parse_safetensors(std::as_bytes(std::span(file))); }

std::string one_tensor(const std::string& type, const std::string& shape, const std::string& offsets,
                       size_t data_bytes) {
  return safetensors_file(
      R"({"a":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
      std::string(data_bytes, '\0'));
}

void expect_refused(const std::string& file, const std::string& reason) {
  const auto tensors = parse(file);
  ASSERT_FALSE(tensors);
  EXPECT_EQ(tensors.error().code, ErrorCode::kModelInvalid);
  EXPECT_THAT(tensors.error().message, HasSubstr(reason));
}

TEST(Safetensors, GivesEveryTensorWithItsShapeAndValues) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},)"
      R"("b":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})";
  const std::string data("\0\0\0\0\0\0\x80\x3f\0\0\0\x40", 12);
  const std::string file = safetensors_file(header, data);
  const auto tensors = parse(file);
  ASSERT_TRUE(tensors);
  EXPECT_EQ(tensors->size(), 2U);
  EXPECT_THAT(tensors->at("a").shape, ElementsAre(2, 1));
  EXPECT_THAT(float_values(tensors->at("a")), ElementsAre(1.0F, 2.0F));
  EXPECT_THAT(float_values(tensors->at("b")), ElementsAre(0.0F));
}

TEST(Safetensors, RefusesWhatIsTooShort) { expect_refused("1234567", "too short"); }

TEST(Safetensors, RefusesAHeaderLongerThanTheFile) {
  expect_refused(std::string("\xFF\0\0\0\0\0\0\0{}", 10), "length");
}

TEST(Safetensors, RefusesAHeaderLengthThatOverflows) { expect_refused(std::string(8, '\xFF') + "{}", "length"); }

TEST(Safetensors, RefusesAHeaderThatIsNotJson) { expect_refused(safetensors_file("{\"a\":", ""), "JSON"); }

TEST(Safetensors, RefusesAHeaderThatIsNotAnObject) { expect_refused(safetensors_file("[1]", ""), "JSON"); }

TEST(Safetensors, RefusesAnEntryThatIsNotAnObject) { expect_refused(safetensors_file(R"({"a":1})", ""), "object"); }

TEST(Safetensors, RefusesOtherTypes) { expect_refused(one_tensor("I64", "[1]", "[0,8]", 8), "F32"); }

TEST(Safetensors, RefusesATensorOutsideTheFile) { expect_refused(one_tensor("F32", "[2]", "[0,8]", 4), "outside"); }

TEST(Safetensors, RefusesOffsetsInTheWrongOrder) { expect_refused(one_tensor("F32", "[1]", "[4,0]", 8), "outside"); }

TEST(Safetensors, RefusesAWrongNumberOfOffsets) { expect_refused(one_tensor("F32", "[1]", "[0]", 4), "outside"); }

TEST(Safetensors, RefusesNegativeNumbers) { expect_refused(one_tensor("F32", "[-1]", "[0,4]", 4), "whole number"); }

TEST(Safetensors, RefusesAShapeThatDoesNotFitTheData) { expect_refused(one_tensor("F32", "[3]", "[0,4]", 4), "shape"); }

TEST(Safetensors, RefusesAShapeThatOverflows) {
  expect_refused(one_tensor("F32", "[4294967296,4294967296]", "[0,4]", 4), "too large");
}

TEST(Safetensors, RefusesAMissingShape) {
  expect_refused(safetensors_file(R"({"a":{"dtype":"F32","data_offsets":[0,0]}})", ""), "shape");
}

TEST(Safetensors, RefusesTooManyDimensions) {
  expect_refused(one_tensor("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]", 4), "dimensions");
}

TEST(Safetensors, ReadsTensorsOfSixteenBits) {
  const std::string half = one_tensor("F16", "[2]", "[0,4]", 4);
  EXPECT_EQ(parse(half)->at("a").type, DataType::kFloat16);
  const std::string brain = one_tensor("BF16", "[2]", "[0,4]", 4);
  EXPECT_EQ(parse(brain)->at("a").type, DataType::kBfloat16);
}

TEST(SafetensorsIndex, NamesEachFileOnce) {
  const auto files = parse_safetensors_index(R"({"metadata":{},"weight_map":{"a":"2.st","b":"1.st","c":"2.st"}})");
  EXPECT_THAT(files.value(), ElementsAre("1.st", "2.st"));
}

TEST(SafetensorsIndex, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})"})
    EXPECT_EQ(parse_safetensors_index(text).error().code, ErrorCode::kModelInvalid) << text;
}

TEST(SafetensorsIndex, RefusesPathsThatLeadElsewhere) {
  for (const char* file : {"../x", "a/b", "/etc/passwd", "", ".", "a\\\\b"}) {
    const auto files = parse_safetensors_index(R"({"weight_map":{"a":")" + std::string(file) + R"("}})");
    EXPECT_EQ(files.error().code, ErrorCode::kModelInvalid) << file;
  }
}

}  // namespace
}  // namespace v2t
