// Tests of the terminal's progress line.
#include "app/cli/progress.h"

#include <gtest/gtest.h>

namespace v2t::cli {
namespace {

using namespace std::chrono_literals;

TEST(ProgressLine, TellsAudioSpeedAndTimeLeft) {
  EXPECT_EQ(progress_line({Millis(271'000), Millis(755'000), 2.71s}, 80),
            "[##########--------------------] 4:31 of 12:35   100x   5 s left");
}

TEST(ProgressLine, WithoutADurationTellsWhatIsDone) {
  EXPECT_EQ(progress_line({Millis(5000), {}, 1s}, 80), "0:05   5x");
}

TEST(ProgressLine, LeavesTheBarOutOfNarrowTerminals) {
  EXPECT_EQ(progress_line({Millis(1000), Millis(2000), 1s}, 40), "0:01 of 0:02   1x   1 s left");
}

TEST(ProgressLine, NeverRunsPastTheStatedEnd) {
  EXPECT_EQ(progress_line({Millis(3000), Millis(2000), 1s}, 40), "0:02 of 0:02   3x");
}

TEST(Clock, ShowsHoursOnlyWhereThereAreAny) {
  EXPECT_EQ(clock_text(Millis(3'727'000)), "1:02:07");
  EXPECT_EQ(clock_text(Millis(59'999)), "0:59");
  EXPECT_EQ(stamp_text(Millis(271'250)), "00:04:31.250");
}

TEST(DownloadLine, ShowsBytes) { EXPECT_EQ(download_line(72'000'000, 145'217'607, 40), "72 MB of 145 MB"); }

}  // namespace
}  // namespace v2t::cli
