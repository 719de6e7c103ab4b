// Audio heard for its waveform.
#include "app/services/peaks_source.h"

namespace v2t {
namespace {

constexpr std::chrono::seconds kSaveEvery{3};

}  // namespace

PeaksSource::PeaksSource(AudioSource& audio, const Clock& clock, Save save)
    : audio_(audio), clock_(clock), save_(std::move(save)), saved_at_(clock.steady()) {}

Result<size_t> PeaksSource::read(std::span<float> out, std::stop_token stop) {
  TRY(const size_t n, audio_.read(out, stop));
  meter_.add(out.first(n));
  const bool is_end = n < out.size() && !is_complete_;  // sources give less than was asked only before their end
  const auto now = clock_.steady();
  if (!is_end && (is_complete_ || now - saved_at_ < kSaveEvery)) return n;
  saved_at_ = now;
  is_complete_ = is_end;
  Peaks peaks = meter_.peaks();
  peaks.is_complete = is_end;
  save_(peaks);
  return n;
}

}  // namespace v2t
