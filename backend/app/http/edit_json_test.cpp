// Change bodies and If-Match headers.
#include "app/http/edit_json.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

namespace v2t::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Outcome<std::vector<TextChange>> parsed(const std::string& changes) {
  return parse_changes(boost::json::parse("{\"changes\":" + changes + "}").as_object());
}

std::string wrong_field(const std::string& changes) {
  const auto result = parsed(changes);
  return result ? "" : result.error().param;
}

Outcome<IfMatch> if_match(const std::string& value) {
  Headers headers;
  headers.add("If-Match", value);
  return parse_if_match(headers);
}

TEST(EditJson, AChangeOfTextAndTimes) {
  const auto changes = parsed(R"([{"segment": 3, "text": "a\nb", "start_ms": 10, "end_ms": 20.0}])").value();
  const auto& change = std::get<SegmentChange>(changes.at(0));
  EXPECT_EQ(change.segment, 3u);
  EXPECT_EQ(change.text, "a b");
  EXPECT_EQ(change.start, Millis(10));
  EXPECT_EQ(change.end, Millis(20));
  EXPECT_EQ(change.words, std::nullopt);
}

TEST(EditJson, WordsOfAPersonAreCheckedUnlessTheySayOtherwise) {
  const auto changes = parsed(R"([{"segment": 0, "words": [
      {"text": " a", "start_ms": 1, "end_ms": 2},
      {"text": " b", "start_ms": 2, "end_ms": 3, "checked": false, "probability": 0.5}]}])")
                           .value();
  const auto& words = *std::get<SegmentChange>(changes.at(0)).words;
  EXPECT_EQ(words.at(0), (Word{Millis(1), Millis(2), " a", 1, true}));
  EXPECT_EQ(words.at(1), (Word{Millis(2), Millis(3), " b", 0.5F, false}));
}

TEST(EditJson, DeletionsAndInsertions) {
  const auto changes =
      parsed(R"([{"segment": 1, "delete": true}, {"insert": {"id": 1, "start_ms": 0, "end_ms": 5, "text": "x",
                 "language": "en"}}, {"insert": {"start_ms": 0, "end_ms": 5, "text": "", "language": null}}])")
          .value();
  EXPECT_EQ(std::get<SegmentDeletion>(changes.at(0)).segment, 1u);
  EXPECT_EQ(std::get<SegmentInsertion>(changes.at(1)).id, 1u);
  EXPECT_EQ(std::get<SegmentInsertion>(changes.at(1)).language, "en");
  EXPECT_EQ(std::get<SegmentInsertion>(changes.at(2)).id, std::nullopt);
}

TEST(EditJson, AWrongFieldIsNamed) {
  EXPECT_EQ(wrong_field("[]"), "changes");
  EXPECT_EQ(wrong_field("{}"), "changes");
  EXPECT_EQ(wrong_field("[1]"), "changes[0]");
  EXPECT_EQ(wrong_field("[{}]"), "changes[0].segment");
  EXPECT_EQ(wrong_field(R"([{"segment": 1.5}])"), "changes[0].segment");
  EXPECT_EQ(wrong_field(R"([{"segment": -1}])"), "changes[0].segment");
  EXPECT_EQ(wrong_field(R"([{"segment": 1e300}])"), "changes[0].segment");
  EXPECT_EQ(wrong_field(R"([{"segment": 1}, {"segment": 1, "colour": 2}])"), "changes[1].colour");
  EXPECT_EQ(wrong_field(R"([{"segment": 1, "delete": false}])"), "changes[0].delete");
  EXPECT_EQ(wrong_field(R"([{"segment": 1, "delete": true, "text": ""}])"), "changes[0].text");
  EXPECT_EQ(wrong_field(R"([{"segment": 1, "words": [{"text": " ", "start_ms": 0, "end_ms": 0}]}])"),
            "changes[0].words[0].text");
  EXPECT_EQ(wrong_field(R"([{"segment": 1, "words": [{"text": "a", "end_ms": 0}]}])"), "changes[0].words[0].start_ms");
  EXPECT_EQ(wrong_field(R"([{"insert": {"start_ms": 0, "end_ms": 0}}])"), "changes[0].insert.text");
  EXPECT_EQ(wrong_field(R"([{"segment": 1, "text": ")" + std::string(10'001, 'a') + "\"}]"), "changes[0].text");
}

TEST(EditJson, IfMatchNamesVersions) {
  EXPECT_THAT(if_match("\"v3\"")->versions, ElementsAre(3));
  EXPECT_THAT(if_match(" \"v3\" ,\"v12\"")->versions, ElementsAre(3, 12));
  EXPECT_TRUE(if_match("*")->is_any);
  EXPECT_EQ(version_tag(3), "\"v3\"");
}

TEST(EditJson, TagsOfOthersMatchNothing) {
  EXPECT_THAT(if_match("\"abc\"")->versions, IsEmpty());
  EXPECT_THAT(if_match("W/\"v3\"")->versions, IsEmpty());
  EXPECT_THAT(if_match("\"v-3\"")->versions, IsEmpty());
  EXPECT_FALSE(if_match("\"abc\"")->is_any);
}

TEST(EditJson, IfMatchIsNeeded) {
  EXPECT_EQ(parse_if_match({}).error().status, 428);
  for (const char* broken : {"", "v3", "\"v3", "\"v3\" \"v4\"", "\"v3\",", "W/", "*,*"})
    EXPECT_EQ(if_match(broken).error().status, 400) << broken;
}

}  // namespace
}  // namespace v2t::http
