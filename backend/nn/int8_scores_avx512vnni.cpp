// Scores of attention with AVX-512: the sums of a tile become 16-bit fixed point before they leave their registers.
#include "nn/int8_softmax.h"
#include "nn/tile_asm.h"

namespace v2t::nn {
namespace {

// zmm0-3 the key scales, zmm4 the query's scale, `o` the key offsets, `q` the query scales, `bias` the bias.
#define V2T_SCORE(vector, r)                                                                      \
  "vcvtdq2ps %%zmm" #r ",%%zmm" #r "\nvfmadd213ps 64*" #vector "(%[o]),%%zmm" #vector ",%%zmm" #r \
  "\nvfmadd213ps 64*" #vector "(%[bias]),%%zmm4,%%zmm" #r "\nvcvtps2dq %%zmm" #r ",%%zmm" #r "\n"
#define V2T_SCORE_ROW(row, r0, r1, r2, r3)                                                                  \
  "vbroadcastss 4*" #row "(%[q]),%%zmm4\n" V2T_SCORE(0, r0) V2T_SCORE(1, r1) V2T_SCORE(2, r2)               \
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

#define V2T_SCORE_TILE(rows)                                                                                         \
  __attribute__((noinline)) static void score_##rows(const Int8ScoreTile& tile, std::byte* scores, size_t stride) {  \
    const void* a = tile.queries;                                                                                    \
    const void* b = tile.keys;                                                                                       \
    size_t groups = 16;                                                                                              \
    asm volatile(V2T_PRODUCTS("vpdpbusd", rows)                                                                    \
                 "vmovaps (%[s]),%%zmm0\n"                                                                         \
                 "vmovaps 64(%[s]),%%zmm1\n"                                                                       \
                 "vmovaps 128(%[s]),%%zmm2\n"                                                                      \
                 "vmovaps 192(%[s]),%%zmm3\n" V2T_SCORES_##rows                                                    \
                 : [a] "+r"(a), [b] "+r"(b), [k] "+r"(groups), [c] "+r"(scores)                                    \
                 : [l] "r"(size_t{64}), [l3] "r"(size_t{192}), [l5] "r"(size_t{320}), [ldc] "r"(stride),           \
                   [s] "r"(tile.key_scales), [o] "r"(tile.key_offsets), [q] "r"(tile.query_scales),                \
                   [bias] "r"(tile.key_bias)                                                                       \
                 : V2T_CLOBBERS); \
  }
V2T_SCORE_TILE(1)
V2T_SCORE_TILE(2)
V2T_SCORE_TILE(3)
V2T_SCORE_TILE(4)
V2T_SCORE_TILE(5)
V2T_SCORE_TILE(6)

using Score = void (*)(const Int8ScoreTile& tile, std::byte* scores, size_t stride);
constexpr Score kScore[] = {score_1, score_2, score_3, score_4, score_5, score_6};

}  // namespace

void make_scores_avx512vnni(const Int8ScoreTile& tile, std::byte* scores, size_t stride) {
  kScore[tile.n_queries - 1](tile, scores, stride);
}

}  // namespace v2t::nn
