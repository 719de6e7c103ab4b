// Attention of one head of 64 in int8. Queries carry the factor log2(e) / sqrt(64), so softmax is a power of two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nn/bf16.h"
#include "nn/buffer.h"
#include "nn/tile_kernels.h"

namespace v2t::nn {

inline constexpr size_t kHeadSize = 64;

inline size_t padded_keys(size_t n_keys) { return (n_keys + 63) / 64 * 64; }

// One head's keys and values of a sequence that does not change. Views; n_keys of them, the rest is zero.
struct Int8KeysValues {
  size_t n_keys = 0;
  int8_t* keys = nullptr;         // panels of 64 keys, less their mean over all keys
  float* key_scales = nullptr;    // [padded_keys]
  float* key_offsets = nullptr;   // [padded_keys], see Int8ScoreTile
  int8_t* values = nullptr;       // a panel of 64 dimensions, 4 * value_groups(n_keys) keys deep
  float* value_scales = nullptr;  // [64]
};
inline size_t value_groups(size_t n_keys) { return (n_keys + 15) / 16 * 4; }
// rows of 64 bfloat16. Softmax does not see the mean of the keys, 8 bits do: so it is taken off.
void quantise_keys_values(Activations activations, const Bf16* key_rows, const Bf16* value_rows, size_t stride,
                          const Int8KeysValues& out);

// The storage of several such sequences of one length.
class Int8Heads {
 public:
  // Room for n_heads of n_keys each. The content is lost where it has to grow: it does not up to most_keys, and pages
  // that are not written to cost nothing.
  void prepare(size_t n_heads, size_t n_keys, size_t most_keys);
  Int8KeysValues head(size_t index) const;

 private:
  size_t n_keys_ = 0;
  Buffer<int8_t> keys_, values_;            // [head][padded_keys * 64]
  Buffer<float> key_scales_, key_offsets_;  // [head][padded_keys]
  Buffer<float> value_scales_;              // [head][64]
};

struct Int8Attention {
  const float* queries = nullptr;  // rows of 64
  size_t query_stride = 0;
  size_t n_queries = 0;
  Int8KeysValues head;
  const float* key_bias =
      nullptr;  // [padded_keys], in points of the kernels' softmax, added to the scores; may be null
  float* out = nullptr;
  size_t out_stride = 0;
  float* weights[kTileRows] = {};  // where not null: receives the weights of one of the first queries, n_keys floats
};
size_t int8_attention_scratch(size_t n_keys);  // floats
// Every query is computed alike whatever the others are.
void attend_int8(const TileKernels& kernels, const Int8Attention& attention, std::span<float> scratch);

}  // namespace v2t::nn
