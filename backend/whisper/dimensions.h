// The size of a model, as its files state it.
#pragma once

namespace v2t::whisper {

struct Dimensions {
  int n_mels = 80;               // 128 for large-v3 and turbo
  int n_audio_positions = 1500;  // encoder positions of 30 s: one per 20 ms, two mel frames
  int n_text_positions = 448;
  int n_state = 512;  // d_model
  int n_heads = 8;    // of 64 each
  int n_encoder_layers = 6;
  int n_decoder_layers = 6;
  int n_vocabulary = 51865;

  bool operator==(const Dimensions&) const = default;
};

// One attention head of the decoder whose cross-attention follows the sound: used for word times.
struct AlignmentHead {
  int layer = 0;
  int head = 0;
};

}  // namespace v2t::whisper
