// Audio heard for its waveform.
#include "app/services/peaks_source.h"

#include <gmock/gmock.h>

#include "domain/testing/manual_clock.h"

namespace v2t {
namespace {

class Tone final : public AudioSource {
 public:
  Result<size_t> read(std::span<float> out, std::stop_token) override {
    const size_t n = std::min(out.size(), left_);
    std::fill_n(out.begin(), n, 0.5F);
    left_ -= n;
    return n;
  }
  std::optional<Samples> duration() const override { return Samples(2000); }
  std::vector<Warning> warnings() const override { return {{WarningCode::kEndsEarly, "it ends early"}}; }

 private:
  size_t left_ = 2000;
};

class PeaksSourceTest : public ::testing::Test {
 protected:
  testing::ManualClock clock_;
  Tone tone_;
  std::vector<Peaks> saved_;
  PeaksSource source_{tone_, clock_, [this](const Peaks& peaks) { saved_.push_back(peaks); }};
  std::vector<float> buffer_ = std::vector<float>(800);
};

TEST_F(PeaksSourceTest, PassesTheAudioOn) {
  EXPECT_EQ(source_.read(buffer_, {}).value(), 800u);
  EXPECT_EQ(buffer_[799], 0.5F);
  EXPECT_EQ(source_.duration(), Samples(2000));
  EXPECT_EQ(source_.warnings().size(), 1u);
}

TEST_F(PeaksSourceTest, SavesAtTheEndAndOnce) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(source_.read(buffer_, {}));
  ASSERT_EQ(saved_.size(), 1u);
  EXPECT_TRUE(saved_[0].is_complete);
  EXPECT_THAT(saved_[0].values, ::testing::ElementsAre(128, 128, 128));
}

TEST_F(PeaksSourceTest, SavesNowAndThenOnTheWay) {
  ASSERT_TRUE(source_.read(buffer_, {}));
  clock_.advance(std::chrono::seconds(3));
  ASSERT_TRUE(source_.read(buffer_, {}));
  ASSERT_EQ(saved_.size(), 1u);
  EXPECT_FALSE(saved_[0].is_complete);
  EXPECT_EQ(saved_[0].values.size(), 2u);
}

}  // namespace
}  // namespace v2t
