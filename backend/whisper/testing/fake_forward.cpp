// A Forward without a network, for tests.
#include "whisper/testing/fake_forward.h"

#include <algorithm>
#include <set>

#include "whisper/testing/small_tokenizer.h"

namespace v2t::whisper::testing {
namespace {

class FakeWindow final : public EncodedWindow {
 public:
  int n_positions() const override { return positions; }
  int n_audio_positions() const override { return audio_positions; }
  int positions = 0;
  int audio_positions = 0;
  float first_mel = 0;
};

class FakeSequence final : public Sequence {
 public:
  void start(const EncodedWindow& window) override {
    heard = static_cast<const FakeWindow*>(&window);
    range = {0, heard->audio_positions};
    fed.clear();
    attention.clear();
  }
  void hear_only(PositionRange heard_range) override { range = heard_range; }
  int length() const override { return static_cast<int>(fed.size()); }
  void copy_from(const Sequence& other) override { *this = static_cast<const FakeSequence&>(other); }
  std::span<const float> alignment() const override { return attention; }

  const FakeWindow* heard = nullptr;
  PositionRange range;
  std::vector<int> fed;
  std::vector<float> attention;
};

class FakeForward final : public Forward {
 public:
  FakeForward(const Dimensions& dimensions, size_t n_heads, Script script, std::shared_ptr<ForwardLog> log)
      : dimensions_(dimensions), n_heads_(n_heads), script_(std::move(script)), log_(std::move(log)) {}

  const Dimensions& dimensions() const override { return dimensions_; }
  int threads() const override { return 2; }
  std::unique_ptr<EncodedWindow> make_window() override { return std::make_unique<FakeWindow>(); }
  std::unique_ptr<Sequence> make_sequence() override { return std::make_unique<FakeSequence>(); }
  size_t logits_stride() const override { return static_cast<size_t>(dimensions_.n_vocabulary) + 3; }

  void encode(std::span<const float> log_mel, int n_positions, int n_audio, EncodedWindow& out,
              const Beside& beside) override {
    CHECK(log_mel.size() == static_cast<size_t>(dimensions_.n_mels) * 2 * static_cast<size_t>(n_positions));
    CHECK(n_audio >= 1 && n_audio <= n_positions && n_positions % 2 == 0);
    auto& window = static_cast<FakeWindow&>(out);
    window.positions = n_positions;
    window.audio_positions = n_audio;
    window.first_mel = log_mel[0];
    note_encoding(n_positions);
    for (int i = 0; i < beside.n_calls; ++i) beside.work();
  }

  void decode(std::span<const DecoderRow> rows, std::span<float> logits) override {
    float* out = logits.data();
    std::set<Sequence*> sequences;
    for (const auto& row : rows) {
      auto& sequence = static_cast<FakeSequence&>(*row.sequence);
      CHECK(sequence.length() < dimensions_.n_text_positions);
      sequences.insert(row.sequence);
      sequence.fed.push_back(row.token);
      const auto& window = *sequence.heard;
      const auto answer =
          script_({sequence.fed, window.positions, window.audio_positions, window.first_mel, sequence.range});
      attend(sequence, answer.attended_position);
      if (!row.wants_logits) continue;
      std::fill_n(out, dimensions_.n_vocabulary, -20.0F);
      for (const auto& [token, logit] : answer.logits) out[token] = logit;
      out += logits_stride();
    }
    if (!log_) return;
    const std::lock_guard lock(log_->mutex);
    ++log_->n_steps;
    log_->largest_step = std::max(log_->largest_step, sequences.size());
  }

 private:
  void note_encoding(int n_positions) const {
    if (!log_) return;
    {
      const std::lock_guard lock(log_->mutex);
      log_->encoded_positions.push_back(n_positions);
    }
    if (log_->on_encode) log_->on_encode();
  }

  void attend(FakeSequence& sequence, int position) const {
    const auto n = static_cast<size_t>(sequence.heard->positions);
    for (size_t head = 0; head < n_heads_; ++head) {
      const size_t begin = sequence.attention.size();
      sequence.attention.resize(begin + n, 1e-4F);
      for (int at = position; at <= position + 8; ++at)
        if (at >= 0 && static_cast<size_t>(at) < n) sequence.attention[begin + static_cast<size_t>(at)] = 0.1F;
    }
  }

  Dimensions dimensions_;
  size_t n_heads_;
  Script script_;
  std::shared_ptr<ForwardLog> log_;
};

}  // namespace

std::unique_ptr<Forward> make_fake_forward(const Dimensions& dimensions, size_t n_alignment_heads, Script script,
                                           std::shared_ptr<ForwardLog> log) {
  return std::make_unique<FakeForward>(dimensions, n_alignment_heads, std::move(script), std::move(log));
}

Dimensions small_dimensions() {
  Dimensions dimensions;
  dimensions.n_vocabulary = kSmallVocabulary;
  return dimensions;
}

}  // namespace v2t::whisper::testing
