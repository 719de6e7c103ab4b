// The promises of Forward: results do not depend on company, threads, order or earlier use.
#include "whisper/forward.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "nn/testing/random.h"
#include "whisper/testing/reference_model.h"
#include "whisper/weights.h"

namespace v2t::whisper {
namespace {

// One small model for all tests of this file.
const testing::ReferenceModel& model() {
  static const testing::ReferenceModel reference("large-v3", "float16");
  return reference;
}

struct Sound {
  std::vector<float> log_mel;
  int n_positions;
  int n_audio;
};

Sound make_sound(uint32_t seed, int n_positions, int n_audio) {
  nn::testing::Random random(seed);
  Sound sound{{}, n_positions, n_audio};
  sound.log_mel.resize(2 * static_cast<size_t>(n_positions * model().dimensions().n_mels));
  std::ranges::generate(sound.log_mel, [&] { return random.normal(); });
  return sound;
}

// A forward with windows and sequences by number.
struct Session {
  std::unique_ptr<Forward> forward;
  std::vector<std::unique_ptr<EncodedWindow>> windows;
  std::vector<std::unique_ptr<Sequence>> sequences;

  Session(nn::InstructionSet set, int threads)
      : forward(make_forward(Weights::load(model().tensors(), model().dimensions(), set).value(), {{0, 1}, {2, 0}},
                             threads)) {}

  Sequence* begin(const Sound& sound) {
    windows.push_back(forward->make_window());
    forward->encode(sound.log_mel, sound.n_positions, sound.n_audio, *windows.back());
    return begin(*windows.back());
  }
  Sequence* begin(const EncodedWindow& window) {
    sequences.push_back(forward->make_sequence());
    sequences.back()->start(window);
    return sequences.back().get();
  }
  std::vector<float> decode(const std::vector<DecoderRow>& rows) {
    const auto n = static_cast<size_t>(std::ranges::count_if(rows, &DecoderRow::wants_logits));
    std::vector<float> logits(n * forward->logits_stride());
    forward->decode(rows, logits);
    return logits;
  }
  std::vector<float> decode_each(Sequence* sequence, const std::vector<int>& tokens) {
    std::vector<float> last;
    for (const int token : tokens) last = decode({{sequence, token}});
    return last;
  }
};

const std::vector<int> kTokens = {7, 100, 3, 250, 12, 9, 300, 1, 55};

class ForwardTest : public ::testing::TestWithParam<nn::InstructionSet> {
 protected:
  Session session_{GetParam(), 1};
};

TEST_P(ForwardTest, OneThreadAndManyGiveTheSameBits) {
  const Sound sound = make_sound(1, 250, 190);
  const std::vector<float> expected = session_.decode_each(session_.begin(sound), kTokens);
  for (const int threads : {2, 3}) {
    Session other(GetParam(), threads);
    EXPECT_EQ(other.decode_each(other.begin(sound), kTokens), expected) << threads;
    EXPECT_TRUE(std::ranges::equal(other.sequences[0]->alignment(), session_.sequences[0]->alignment()));
  }
}

TEST_P(ForwardTest, ASequenceGivesTheSameBitsAloneAndAmongSixteen) {
  const Sound sound = make_sound(2, 120, 60);
  const std::vector<float> expected = session_.decode_each(session_.begin(sound), kTokens);
  Session crowd(GetParam(), 2);
  std::vector<Sequence*> sequences;
  for (uint32_t i = 0; i < 16; ++i) {
    const int n_positions = 100 + 4 * static_cast<int>(i);
    sequences.push_back(crowd.begin(i == 11 ? sound : make_sound(50 + i, n_positions, n_positions - 40)));
  }
  std::vector<float> logits;
  for (const int token : kTokens) {
    std::vector<DecoderRow> rows;
    for (uint32_t i = 0; i < 16; ++i) rows.push_back({sequences[i], i == 11 ? token : static_cast<int>(i)});
    logits = crowd.decode(rows);
  }
  const auto row = std::span(logits).subspan(11 * crowd.forward->logits_stride(), crowd.forward->logits_stride());
  EXPECT_TRUE(std::ranges::equal(row, expected));
}

TEST_P(ForwardTest, DecodingBesideAnEncodingChangesNeither) {
  const Sound heard = make_sound(10, 120, 90);
  const Sound next = make_sound(11, 200, 150);
  const std::vector<float> expected = session_.decode_each(session_.begin(heard), kTokens);
  const std::vector<float> expected_next = session_.decode_each(session_.begin(next), kTokens);
  for (const int threads : {1, 2, 3}) {
    Session other(GetParam(), threads);
    Sequence* sequence = other.begin(heard);
    std::vector<float> logits;
    size_t n_fed = 0;
    other.windows.push_back(other.forward->make_window());
    const Beside beside{[&] { logits = other.decode({{sequence, kTokens[n_fed++]}}); },
                        static_cast<int>(kTokens.size())};
    other.forward->encode(next.log_mel, next.n_positions, next.n_audio, *other.windows.back(), beside);
    EXPECT_EQ(n_fed, kTokens.size());
    EXPECT_EQ(logits, expected);
    EXPECT_EQ(other.decode_each(other.begin(*other.windows.back()), kTokens), expected_next);
  }
}

TEST_P(ForwardTest, APromptFedAtOnceGivesTheBitsOfOneFedTokenByToken) {
  Sequence* one_by_one = session_.begin(make_sound(3, 100, 100));
  std::vector<int> prompt(99);
  for (size_t i = 0; i < prompt.size(); ++i) prompt[i] = static_cast<int>(i * 37 % 301);
  const std::vector<float> expected = session_.decode_each(one_by_one, prompt);
  Sequence* at_once = session_.begin(*session_.windows[0]);
  std::vector<DecoderRow> rows;
  for (const int token : prompt) rows.push_back({at_once, token, false});
  rows.back().wants_logits = true;
  EXPECT_EQ(session_.decode(rows), expected);
  EXPECT_EQ(at_once->length(), 99);
  EXPECT_TRUE(std::ranges::equal(at_once->alignment(), one_by_one->alignment()));
}

TEST_P(ForwardTest, ACopyGoesOnLikeItsOriginal) {
  Sequence* original = session_.begin(make_sound(4, 80, 40));
  std::vector<int> prompt(70, 5);
  session_.decode_each(original, prompt);
  Sequence* copy = session_.begin(*session_.windows[0]);
  session_.decode_each(copy, {1, 2, 3});
  copy->copy_from(*original);
  EXPECT_EQ(copy->length(), 70);
  EXPECT_EQ(session_.decode_each(copy, kTokens), session_.decode_each(original, kTokens));
  EXPECT_TRUE(std::ranges::equal(copy->alignment(), original->alignment()));
}

TEST_P(ForwardTest, AWindowReusedForAShorterSoundForgetsTheLongerOne) {
  const Sound shorter = make_sound(5, 70, 40);
  const std::vector<float> expected = session_.decode_each(session_.begin(shorter), kTokens);
  Session other(GetParam(), 1);
  Sequence* sequence = other.begin(make_sound(6, 300, 200));
  other.decode_each(sequence, kTokens);
  other.forward->encode(shorter.log_mel, 70, 40, *other.windows[0]);
  sequence->start(*other.windows[0]);
  EXPECT_EQ(other.windows[0]->n_positions(), 70);
  EXPECT_EQ(other.windows[0]->n_audio_positions(), 40);
  EXPECT_EQ(other.decode_each(sequence, kTokens), expected);
}

TEST_P(ForwardTest, LogitsComeOnlyForRowsThatWantThem) {
  Sequence* first = session_.begin(make_sound(7, 60, 60));
  Sequence* second = session_.begin(*session_.windows[0]);
  const std::vector<float> both = session_.decode({{first, 1}, {first, 2}, {second, 3}});
  Sequence* third = session_.begin(*session_.windows[0]);
  Sequence* fourth = session_.begin(*session_.windows[0]);
  const std::vector<float> wanted = session_.decode({{third, 1, false}, {third, 2, true}, {fourth, 3, false}});
  const size_t stride = session_.forward->logits_stride();
  EXPECT_TRUE(std::ranges::equal(wanted, std::span(both).subspan(stride, stride)));
}

TEST_P(ForwardTest, AlignmentRowsAreProbabilitiesOverThePositions) {
  Sequence* sequence = session_.begin(make_sound(8, 90, 50));
  session_.decode_each(sequence, kTokens);
  ASSERT_EQ(sequence->alignment().size(), kTokens.size() * 2 * 90);
  for (size_t row = 0; row < kTokens.size() * 2; ++row) {
    const auto weights = sequence->alignment().subspan(row * 90, 90);
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 1e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, ForwardTest, ::testing::ValuesIn(nn::available_instruction_sets()),
                         [](const auto& test) { return std::string(nn::instruction_set_name(test.param)); });

TEST(Forward, UsesAllUsableProcessorsWhenAskedForNone) {
  const auto weights = Weights::load(model().tensors(), model().dimensions()).value();
  EXPECT_EQ(make_forward(weights, {}, 0)->threads(), nn::usable_processors());
  EXPECT_EQ(make_forward(weights, {}, 3)->threads(), 3);
}

TEST(Forward, RecordsNothingWithoutAlignmentHeads) {
  const auto forward = make_forward(Weights::load(model().tensors(), model().dimensions()).value(), {}, 1);
  const Sound sound = make_sound(9, 20, 20);
  const auto window = forward->make_window();
  forward->encode(sound.log_mel, 20, 20, *window);
  const auto sequence = forward->make_sequence();
  sequence->start(*window);
  std::vector<float> logits(forward->logits_stride());
  forward->decode(std::vector<DecoderRow>{{sequence.get(), 1}}, logits);
  EXPECT_TRUE(sequence->alignment().empty());
}

}  // namespace
}  // namespace v2t::whisper
