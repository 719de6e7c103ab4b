// The numeric half put together: one team of threads, an encoder, a decoder.
#include "whisper/forward.h"

#include <algorithm>

#include "nn/cpu.h"
#include "whisper/decoder.h"
#include "whisper/encoder.h"

namespace v2t::whisper {
namespace {

class PackedForward final : public Forward {
 public:
  PackedForward(std::shared_ptr<const Weights> weights, std::vector<AlignmentHead> alignment_heads, int threads)
      : weights_(std::move(weights)),
        n_recorded_(alignment_heads.size()),
        team_(threads, nn::Attendance::kPaced),
        encoder_(*weights_, team_),
        decoder_(*weights_, std::move(alignment_heads), team_.threads()) {}

  const Dimensions& dimensions() const override { return weights_->dimensions(); }
  int threads() const override { return team_.threads(); }
  std::unique_ptr<EncodedWindow> make_window() override { return std::make_unique<WindowState>(); }
  std::unique_ptr<Sequence> make_sequence() override {
    return std::make_unique<SequenceState>(weights_->dimensions(), n_recorded_);
  }

  void encode(std::span<const float> log_mel, int n_positions, int n_audio, EncodedWindow& out,
              const Beside& beside) override {
    is_encoding_ = true;
    encoder_.encode(log_mel, n_positions, n_audio, static_cast<WindowState&>(out), beside);
    is_encoding_ = false;
  }
  void decode(std::span<const DecoderRow> rows, std::span<float> logits) override {
    decoder_.decode(is_encoding_ ? alone_ : team_, rows, logits);
  }
  size_t logits_stride() const override { return decoder_.logits_stride(); }

 private:
  const std::shared_ptr<const Weights> weights_;
  const size_t n_recorded_;
  nn::Team team_;
  nn::Team alone_{1};
  bool is_encoding_ = false;  // changed only while no work is done beside
  Encoder encoder_;
  Decoder decoder_;
};

}  // namespace

std::unique_ptr<Forward> make_forward(std::shared_ptr<const Weights> weights,
                                      std::vector<AlignmentHead> alignment_heads, int threads) {
  const int n_threads = std::min(threads > 0 ? threads : nn::usable_processors(), nn::Team::kMostThreads);
  return std::make_unique<PackedForward>(std::move(weights), std::move(alignment_heads), n_threads);
}

}  // namespace v2t::whisper
