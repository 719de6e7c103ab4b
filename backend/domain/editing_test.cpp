// Changes of a transcript, and versions as overlays.
#include "domain/editing.h"

#include <gmock/gmock.h>

#include "domain/testing/error_code.h"

namespace v2t {
namespace {

using testing::code_of;
using ::testing::ElementsAre;
using ::testing::StartsWith;

Segment segment_at(uint64_t id, int start_ms, int end_ms, const std::string& text) {
  Segment segment;
  segment.id = id;
  segment.start = Millis(start_ms);
  segment.end = Millis(end_ms);
  segment.text = text;
  segment.avg_logprob = -0.5F;
  segment.tokens = {1, 2};
  const Millis middle = (segment.start + segment.end) / 2;
  const size_t space = text.find(' ');
  segment.words = {{segment.start, middle, " " + text.substr(0, space), 0.4F},
                   {middle, segment.end, text.substr(space), 0.7F}};
  return segment;
}

VersionedText three() {
  VersionedText text;
  text.segments = {segment_at(0, 0, 1000, "one two"), segment_at(1, 1000, 2000, "three four"),
                   segment_at(2, 2000, 3000, "five six")};
  return text;
}

Result<TextEdit> changed(const std::vector<TextChange>& changes) { return apply_changes(three(), changes); }

TEST(Editing, ATextGetsItsWords) {
  const auto edit = changed({SegmentChange{1, "three more"}}).value();
  ASSERT_EQ(edit.segments.size(), 1u);
  const Segment& segment = edit.segments[0];
  EXPECT_EQ(segment.text, "three more");
  EXPECT_TRUE(segment.edited);
  EXPECT_TRUE(segment.tokens.empty());
  EXPECT_EQ(segment.avg_logprob, -0.5F);
  EXPECT_FALSE(segment.words.at(0).checked);
  EXPECT_TRUE(segment.words.at(1).checked);
  EXPECT_EQ(segment.words.at(1).end, Millis(2000));
  EXPECT_TRUE(edit.removed.empty());
}

TEST(Editing, WordsAreTheText) {
  std::vector<Word> words{{Millis(1000), Millis(1400), " Three", 1, true},
                          {Millis(1500), Millis(2000), " four.", 1, true}};
  const auto edit = changed({SegmentChange{1, std::nullopt, words}}).value();
  EXPECT_EQ(edit.segments.at(0).text, "Three four.");
  EXPECT_EQ(edit.segments.at(0).words, words);
  EXPECT_EQ(edit.segments.at(0).end, Millis(2000));
}

TEST(Editing, ASegmentIsSplit) {
  const auto edit = changed({SegmentChange{1, std::nullopt, std::vector<Word>{{Millis(1000), Millis(1500), " three"}}},
                             SegmentInsertion{std::nullopt, Millis(1500), Millis(2000), "four"}})
                        .value();
  ASSERT_EQ(edit.segments.size(), 2u);
  EXPECT_EQ(edit.segments[0].end, Millis(1500));
  EXPECT_EQ(edit.segments[1].id, kFirstInsertedId);
  EXPECT_EQ(edit.segments[1].words.at(0).start, Millis(1500));
}

TEST(Editing, TwoSegmentsAreMerged) {
  const VersionedText text = three();
  auto words = text.segments[0].words;
  words.insert(words.end(), text.segments[1].words.begin(), text.segments[1].words.end());
  const auto edit = changed({SegmentChange{0, std::nullopt, words}, SegmentDeletion{1}}).value();
  EXPECT_EQ(edit.segments.at(0).text, "one two three four");
  EXPECT_EQ(edit.segments.at(0).end, Millis(2000));
  EXPECT_THAT(edit.removed, ElementsAre(1));
}

TEST(Editing, AcceptingAWordMovesNothing) {
  Segment segment = three().segments[0];
  segment.start = Millis(0);
  auto words = segment.words;
  words[0].checked = true;
  const auto edit = changed({SegmentChange{0, std::nullopt, words}}).value();
  EXPECT_EQ(edit.segments.at(0).start, segment.start);
  EXPECT_EQ(edit.segments.at(0).end, segment.end);
  EXPECT_TRUE(edit.segments.at(0).words.at(0).checked);
}

TEST(Editing, ADeletedSegmentComesBackUnderItsId) {
  VersionedText text = three();
  text.deleted = {text.segments[1]};
  text.segments.erase(text.segments.begin() + 1);
  const std::vector<TextChange> undo{SegmentInsertion{1, Millis(1000), Millis(2000), "three four"}};
  EXPECT_EQ(apply_changes(text, undo).value().segments.at(0).id, 1u);
  EXPECT_EQ(apply_changes(text, undo).value().segments.at(0).avg_logprob, -0.5F);
  EXPECT_EQ(code_of(changed(undo)), ErrorCode::kConflict);
  const std::vector<TextChange> never{SegmentInsertion{77, Millis(1000), Millis(2000), "x"}};
  EXPECT_EQ(code_of(apply_changes(text, never)), ErrorCode::kConflict);
}

TEST(Editing, WhatIsInsertedAndDeletedLeavesNoTrace) {
  const auto edit =
      changed({SegmentInsertion{std::nullopt, Millis(3000), Millis(3500), "x"}, SegmentDeletion{kFirstInsertedId}})
          .value();
  EXPECT_TRUE(edit.segments.empty());
  EXPECT_TRUE(edit.removed.empty());
}

TEST(Editing, AllOrNothing) {
  const auto edit = changed({SegmentChange{1, "x"}, SegmentChange{9, "y"}});
  EXPECT_EQ(code_of(edit), ErrorCode::kConflict);
  EXPECT_THAT(edit.error().message, StartsWith("changes[1].segment: there is no segment 9"));
}

TEST(Editing, TimesMayNotOverlap) {
  EXPECT_EQ(code_of(changed({SegmentChange{1, std::nullopt, std::nullopt, std::nullopt, Millis(2500)}})),
            ErrorCode::kConflict);
  EXPECT_EQ(code_of(changed({SegmentInsertion{std::nullopt, Millis(900), Millis(950), "x"}})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(changed({SegmentChange{1, std::nullopt, std::nullopt, Millis(5000), Millis(4000)}})),
            ErrorCode::kInvalidArgument);
  EXPECT_TRUE(changed({SegmentChange{2, std::nullopt, std::nullopt, std::nullopt, Millis(9000)}}));
}

TEST(Editing, AnOverlapThatWasThereBeforeStopsNobody) {
  VersionedText text = three();
  text.segments[0].end = Millis(1100);
  EXPECT_TRUE(apply_changes(text, std::vector<TextChange>{SegmentChange{0, "one more"}}));
  EXPECT_TRUE(apply_changes(text, std::vector<TextChange>{SegmentChange{1, "three more"}}));
}

TEST(Editing, WordsMustBeInOrderAndSayTheText) {
  const std::vector<Word> crossed{{Millis(1500), Millis(1600), " b"}, {Millis(1000), Millis(1100), " a"}};
  EXPECT_EQ(code_of(changed({SegmentChange{1, std::nullopt, crossed, Millis(1000), Millis(2000)}})),
            ErrorCode::kConflict);
  const std::vector<Word> backwards{{Millis(1500), Millis(1400), " b"}};
  EXPECT_EQ(code_of(changed({SegmentChange{1, std::nullopt, backwards, Millis(1000), Millis(2000)}})),
            ErrorCode::kInvalidArgument);
  const std::vector<Word> word{{Millis(1000), Millis(2000), " b"}};
  EXPECT_EQ(code_of(changed({SegmentChange{1, "c", word}})), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(changed({SegmentChange{1, " b ", word}}));
}

TEST(Editing, ASegmentMadeShorterKeepsItsWordsInside) {
  const auto edit = changed({SegmentChange{1, std::nullopt, std::nullopt, Millis(1200), Millis(1600)}}).value();
  EXPECT_EQ(edit.segments.at(0).words.at(0).start, Millis(1200));
  EXPECT_EQ(edit.segments.at(0).words.at(1).end, Millis(1600));
}

TextEdit edit_of_each_kind() {
  return changed({SegmentChange{0, "one more"}, SegmentDeletion{1},
                  SegmentInsertion{std::nullopt, Millis(1200), Millis(1400), "new"}})
      .value();
}

TEST(Editing, AnOverlayIsTheEditedText) {
  const VersionedText before = three();
  const TextEdit edit = edit_of_each_kind();
  const VersionedText after = overlaid(1, before.segments, edits_of(edit, before));
  EXPECT_EQ(after.version, 1u);
  ASSERT_EQ(after.segments.size(), 3u);
  EXPECT_EQ(after.segments[0], edit.segments[0]);
  EXPECT_EQ(after.segments[1].text, "new");
  EXPECT_EQ(after.segments[2], before.segments[2]);
  EXPECT_EQ(after.deleted.at(0).id, 1u);
  EXPECT_EQ(after.next_id, kFirstInsertedId + 1);
}

TEST(Editing, RestoringIsTheDifference) {
  const VersionedText before = three();
  const TextEdit edit = edit_of_each_kind();
  const VersionedText after = overlaid(1, before.segments, edits_of(edit, before));
  const TextEdit back = difference(after, before);
  EXPECT_EQ(back.segments.size(), 2u);
  EXPECT_THAT(back.removed, ElementsAre(kFirstInsertedId));
  const VersionedText restored = overlaid(2, before.segments, edits_of(back, after));
  EXPECT_EQ(restored.segments, before.segments);
  EXPECT_TRUE(difference(after, after).segments.empty());
}

}  // namespace
}  // namespace v2t
