// Tests of the decision which audio is kept, on made-up tracks: one letter per chunk.
#include "speech/speech_gate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace v2t::speech {
namespace {

const GateOptions kOptions{.shortest_speech = 3, .shortest_pause = 2, .margin = 2, .kept_pause = 6};

// '#' is speech, '~' lies between offset and onset, '.' is none. Kept chunks become 'k', dropped ones '-'.
std::string kept(const std::string& track) {
  SpeechGate gate(kOptions);
  std::string out;
  const auto collect = [&] {
    while (const auto is_kept = gate.next()) out += *is_kept ? 'k' : '-';
  };
  for (const char c : track) {
    gate.push(c == '#' ? 0.9F : c == '~' ? 0.4F : 0.1F);
    collect();
  }
  gate.finish();
  collect();
  return out;
}

TEST(SpeechGate, KeepsSpeechWithAMarginOnBothSides) { EXPECT_EQ(kept(".....####....."), "---kkkkkkkk---"); }

TEST(SpeechGate, DropsSilence) { EXPECT_EQ(kept("......................"), "----------------------"); }

TEST(SpeechGate, DropsWhatIsTooShortForSpeech) { EXPECT_EQ(kept(".....##............"), "-------------------"); }

TEST(SpeechGate, SpeechLastsUntilItFallsBelowTheOffset) {
  EXPECT_EQ(kept("....##~~~~..........."), "--kkkkkkkkkk---------");
}

TEST(SpeechGate, WhatNeverReachesTheOnsetIsNotSpeech) { EXPECT_EQ(kept("....~~~~~~~~......"), "------------------"); }

TEST(SpeechGate, KeepsAShortPauseWhole) { EXPECT_EQ(kept("###......###......."), "kkkkkkkkkkkkkk-----"); }

TEST(SpeechGate, LeavesOutALongPauseButForTheMargins) { EXPECT_EQ(kept("###.......###"), "kkkkk---kkkkk"); }

TEST(SpeechGate, ABlipInAPauseDoesNotKeepIt) { EXPECT_EQ(kept("###....#.....###"), "kkkkk------kkkkk"); }

TEST(SpeechGate, ABlipNextToSpeechDoesNotDelayItsEndForever) {
  EXPECT_EQ(kept("###...#...#...#...#..."), "kkkkk-----------------");
}

TEST(SpeechGate, SpeechAtTheVeryEndIsKept) { EXPECT_EQ(kept("........###"), "------kkkkk"); }

TEST(SpeechGate, AShortDipDoesNotSplitAWord) { EXPECT_EQ(kept("....#.#.#......"), "--kkkkkkkkk----"); }

TEST(SpeechGate, DecidesWithABoundedDelay) {
  std::mt19937 random(5);
  SpeechGate gate(kOptions);
  int64_t undecided = 0;
  for (int i = 0; i < 20000; ++i) {
    gate.push(static_cast<float>(random() % 100) / 100.0F * static_cast<float>(i / 50 % 3) / 2.0F);
    ++undecided;
    while (gate.next()) --undecided;
    ASSERT_LE(undecided, kOptions.kept_pause + kOptions.margin + kOptions.shortest_speech + kOptions.shortest_pause);
  }
}

}  // namespace
}  // namespace v2t::speech
