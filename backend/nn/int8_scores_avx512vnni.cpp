// Scores of attention with AVX-512: the sums of a tile become 16-bit fixed point before they leave their registers.
// g++ 12 takes the deliberately undefined operands of its own intrinsics for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include "nn/int8_softmax.h"
#include "nn/tile_asm.h"

namespace v2t::nn {
namespace {

// In points, as the scores.
struct Points {
  alignas(64) float key_bias[64];
  float query_scales[6];
};

// zmm0-3 the key scales, zmm4 the query's scale, `o` the key offsets, `p` the Points.
#define V2T_SCORE(vector, r)                                                                      \
  "vcvtdq2ps %%zmm" #r ",%%zmm" #r "\nvfmadd213ps 64*" #vector "(%[o]),%%zmm" #vector ",%%zmm" #r \
  "\nvfmadd213ps 64*" #vector                                                                     \
  "(%[p]),%%zmm4"                                                                                 \
  ",%%zmm" #r "\nvcvtps2dq %%zmm" #r ",%%zmm" #r "\n"
#define V2T_SCORE_ROW(row, r0, r1, r2, r3)                                                                  \
  "vbroadcastss 256+4*" #row "(%[p]),%%zmm4\n" V2T_SCORE(0, r0) V2T_SCORE(1, r1) V2T_SCORE(2, r2)           \
      V2T_SCORE(3, r3) "vpackssdw %%zmm" #r1 ",%%zmm" #r0 ",%%zmm" #r0 "\nvpackssdw %%zmm" #r3 ",%%zmm" #r2 \
                       ",%%zmm" #r2 "\nvmovdqa64 %%zmm" #r0 ",(%[c])\nvmovdqa64 %%zmm" #r2                  \
                       ",64(%[c])\n"                                                                        \
                       "addq %[ldc],%[c]\n"

#define V2T_SCORES_1 V2T_SCORE_ROW(0, 8, 9, 10, 11)
#define V2T_SCORES_2 V2T_SCORES_1 V2T_SCORE_ROW(1, 12, 13, 14, 15)
#define V2T_SCORES_3 V2T_SCORES_2 V2T_SCORE_ROW(2, 16, 17, 18, 19)
#define V2T_SCORES_4 V2T_SCORES_3 V2T_SCORE_ROW(3, 20, 21, 22, 23)
#define V2T_SCORES_5 V2T_SCORES_4 V2T_SCORE_ROW(4, 24, 25, 26, 27)
#define V2T_SCORES_6 V2T_SCORES_5 V2T_SCORE_ROW(5, 28, 29, 30, 31)

#define V2T_SCORE_TILE(rows)                                                                                          \
  __attribute__((noinline)) static void score_##rows(const Int8ScoreTile& tile, const Points& points,                 \
                                                     std::byte* scores, size_t stride) {                              \
    const void* a = tile.queries;                                                                                     \
    const void* b = tile.keys;                                                                                        \
    size_t groups = 16;                                                                                               \
    asm volatile(V2T_PRODUCTS("vpdpbusd", rows)                                                                     \
                 "vmovaps (%[s]),%%zmm0\n"                                                                          \
                 "vmovaps 64(%[s]),%%zmm1\n"                                                                        \
                 "vmovaps 128(%[s]),%%zmm2\n"                                                                       \
                 "vmovaps 192(%[s]),%%zmm3\n" V2T_SCORES_##rows                                                     \
                 : [a] "+r"(a), [b] "+r"(b), [k] "+r"(groups), [c] "+r"(scores)                                     \
                 : [l] "r"(size_t{64}), [l3] "r"(size_t{192}), [l5] "r"(size_t{320}), [ldc] "r"(stride),            \
                   [s] "r"(tile.key_scales), [o] "r"(tile.key_offsets), [p] "r"(&points)                            \
                 : V2T_CLOBBERS); \
  }
V2T_SCORE_TILE(1)
V2T_SCORE_TILE(2)
V2T_SCORE_TILE(3)
V2T_SCORE_TILE(4)
V2T_SCORE_TILE(5)
V2T_SCORE_TILE(6)

using Score = void (*)(const Int8ScoreTile& tile, const Points& points, std::byte* scores, size_t stride);
constexpr Score kScore[] = {score_1, score_2, score_3, score_4, score_5, score_6};

}  // namespace

void make_scores_avx512vnni(const Int8ScoreTile& tile, std::byte* scores, size_t stride) {
  const __m512 unit = _mm512_set1_ps(kScorePoints);
  Points points;
  for (size_t i = 0; i < 64; i += 16) {
    _mm512_store_ps(points.key_bias + i, _mm512_mul_ps(_mm512_load_ps(tile.key_bias + i), unit));
  }
  for (size_t query = 0; query < tile.n_queries; ++query) {
    points.query_scales[query] = tile.query_scales[query] * kScorePoints;
  }
  kScore[tile.n_queries - 1](tile, points, scores, stride);
}

}  // namespace v2t::nn
