// The ranges of a Whisper's dimensions.
#include "whisper/dimensions_check.h"

#include <string>

namespace v2t::whisper {
namespace {

Result<void> check_range(const char* what, int value, int least, int most) {
  if (value >= least && value <= most) return {};
  return fail(ErrorCode::kModelInvalid, std::string("the model's ") + what + " is " + std::to_string(value) +
                                            ", outside of " + std::to_string(least) + " to " + std::to_string(most) +
                                            "; the file is damaged or not a Whisper model: download it again");
}

}  // namespace

Result<void> check_dimensions(const Dimensions& d) {
  TRY_VOID(check_range("number of mel bands", d.n_mels, 16, 1024));
  TRY_VOID(check_range("number of audio positions", d.n_audio_positions, 2, 1500));
  TRY_VOID(check_range("number of text positions", d.n_text_positions, 1, 4096));
  TRY_VOID(check_range("number of heads", d.n_heads, 1, 128));
  TRY_VOID(check_range("state size (64 per head)", d.n_state, d.n_heads * 64, d.n_heads * 64));
  TRY_VOID(check_range("number of encoder layers", d.n_encoder_layers, 1, 256));
  TRY_VOID(check_range("number of decoder layers", d.n_decoder_layers, 1, 256));
  TRY_VOID(check_range("vocabulary size", d.n_vocabulary, 1, 1 << 20));
  if (d.n_mels % 16 == 0 && d.n_audio_positions % 2 == 0) return {};
  return fail(ErrorCode::kModelInvalid,
              "the model's number of mel bands is no multiple of 16, or that of audio positions is odd; the file is "
              "damaged or not a Whisper model: download it again");
}

}  // namespace v2t::whisper
