// int8 tiles with AVX2: words times bytes that are widened on their way from the panel, by VPMADDWD.
#include <cstring>

#include "nn/tile_kernels.h"

// A block of 8 columns: ymm0-1 the weights of this k group, widened, 4 columns each; ymm2-3 activations and products;
// ymm4-15 sums, two registers per row, each holding 4 columns as two partial sums. The K loop is one asm statement: g++
// 12 spills the sums of the intrinsic version, which costs a third of the speed.
#define V2T_ZERO2(r0, r1) "vpxor %%xmm" #r0 ",%%xmm" #r0 ",%%xmm" #r0 "\nvpxor %%xmm" #r1 ",%%xmm" #r1 ",%%xmm" #r1 "\n"
#define V2T_ROW(address, r0, r1)             \
  "vpbroadcastq " address                    \
  ",%%ymm2\nvpmaddwd %%ymm0,%%ymm2,%%ymm3\n" \
  "vpmaddwd %%ymm1,%%ymm2,%%ymm2\nvpaddd %%ymm3,%%ymm" #r0 ",%%ymm" #r0 "\nvpaddd %%ymm2,%%ymm" #r1 ",%%ymm" #r1 "\n"
// vphaddd leaves the columns as 0 1, 4 5, 2 3, 6 7.
#define V2T_STORE(r0, r1)                 \
  "vphaddd %%ymm" #r1 ",%%ymm" #r0        \
  ",%%ymm2\nvpermq $0xd8,%%ymm2,%%ymm2\n" \
  "vmovdqu %%ymm2,(%[c])\naddq %[ldc],%[c]\n"

#define V2T_ZERO_1 V2T_ZERO2(4, 5)
#define V2T_ZERO_2 V2T_ZERO_1 V2T_ZERO2(6, 7)
#define V2T_ZERO_3 V2T_ZERO_2 V2T_ZERO2(8, 9)
#define V2T_ZERO_4 V2T_ZERO_3 V2T_ZERO2(10, 11)
#define V2T_ZERO_5 V2T_ZERO_4 V2T_ZERO2(12, 13)
#define V2T_ZERO_6 V2T_ZERO_5 V2T_ZERO2(14, 15)
#define V2T_ROWS_1 V2T_ROW("(%[a])", 4, 5)
#define V2T_ROWS_2 V2T_ROWS_1 V2T_ROW("(%[a],%[l])", 6, 7)
#define V2T_ROWS_3 V2T_ROWS_2 V2T_ROW("(%[a],%[l],2)", 8, 9)
#define V2T_ROWS_4 V2T_ROWS_3 V2T_ROW("(%[a],%[l3])", 10, 11)
#define V2T_ROWS_5 V2T_ROWS_4 V2T_ROW("(%[a],%[l],4)", 12, 13)
#define V2T_ROWS_6 V2T_ROWS_5 V2T_ROW("(%[a],%[l5])", 14, 15)
#define V2T_STORE_1 V2T_STORE(4, 5)
#define V2T_STORE_2 V2T_STORE_1 V2T_STORE(6, 7)
#define V2T_STORE_3 V2T_STORE_2 V2T_STORE(8, 9)
#define V2T_STORE_4 V2T_STORE_3 V2T_STORE(10, 11)
#define V2T_STORE_5 V2T_STORE_4 V2T_STORE(12, 13)
#define V2T_STORE_6 V2T_STORE_5 V2T_STORE(14, 15)

#define V2T_AHEAD "prefetcht0 8192(%[b])\n"

#define V2T_CLOBBERS                                                                                                \
  "memory", "cc", "ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8", "ymm9", "ymm10", "ymm11", \
      "ymm12", "ymm13", "ymm14", "ymm15"

// Defines NAME(a, lda, b, groups, c, ldc): strides in bytes, groups >= 1.
#define V2T_BLOCK(NAME, rows, ahead)                                                             \
  void NAME(const void* a, size_t lda, const int8_t* b, size_t groups, int32_t* c, size_t ldc) { \
    asm volatile(V2T_ZERO_##rows                                                                 \
                 ".p2align 5\n"                                                                  \
                 "1:\n"                                                                          \
                 "vpmovsxbw (%[b]),%%ymm0\n"                                                     \
                 "vpmovsxbw 16(%[b]),%%ymm1\n" ahead V2T_ROWS_##rows                             \
                 "addq $32,%[b]\n"                                                               \
                 "addq $8,%[a]\n"                                                                \
                 "decq %[k]\n"                                                                   \
                 "jnz 1b\n" V2T_STORE_##rows                                                     \
                 : [a] "+r"(a), [b] "+r"(b), [k] "+r"(groups), [c] "+r"(c)                       \
                 : [l] "r"(lda), [l3] "r"(3 * lda), [l5] "r"(5 * lda), [ldc] "r"(ldc)            \
                 : V2T_CLOBBERS);                                                                \
  }
// Defines NAME(a, lda, b, offsets, groups, c, ldc): the same over groups that are listed by the offset of their
// activations in a row, in bytes.
#define V2T_LISTED_BLOCK(NAME, rows)                                                                            \
  void NAME(const void* a, size_t lda, const int8_t* b, const uint32_t* offsets, size_t groups, int32_t* c,     \
            size_t ldc) {                                                                                       \
    const void* at;                                                                                             \
    asm volatile(V2T_ZERO_##rows                                                                                \
                 ".p2align 5\n"                                                                                 \
                 "1:\n"                                                                                         \
                 "movl (%[o]),%%eax\n"                                                                          \
                 "leaq (%[row],%%rax),%[a]\n"                                                                   \
                 "vpmovsxbw (%[b],%%rax,4),%%ymm0\n"                                                            \
                 "vpmovsxbw 16(%[b],%%rax,4),%%ymm1\n" V2T_ROWS_##rows                                          \
                 "addq $4,%[o]\n"                                                                               \
                 "decq %[k]\n"                                                                                  \
                 "jnz 1b\n" V2T_STORE_##rows                                                                    \
                 : [a] "=&r"(at), [o] "+r"(offsets), [k] "+r"(groups), [c] "+r"(c)                              \
                 : [row] "r"(a), [b] "r"(b), [l] "r"(lda), [l3] "r"(3 * lda), [l5] "r"(5 * lda), [ldc] "r"(ldc) \
                 : "rax", V2T_CLOBBERS);                                                                        \
  }

namespace v2t::nn {
namespace {

V2T_BLOCK(block_1, 1, V2T_AHEAD)
V2T_BLOCK(block_2, 2, V2T_AHEAD)
V2T_BLOCK(block_3, 3, V2T_AHEAD)
V2T_BLOCK(block_4, 4, V2T_AHEAD)
V2T_BLOCK(block_5, 5, "")
V2T_BLOCK(block_6, 6, "")

V2T_LISTED_BLOCK(listed_1, 1)
V2T_LISTED_BLOCK(listed_2, 2)
V2T_LISTED_BLOCK(listed_3, 3)
V2T_LISTED_BLOCK(listed_4, 4)
V2T_LISTED_BLOCK(listed_5, 5)
V2T_LISTED_BLOCK(listed_6, 6)

using Block = void (*)(const void*, size_t, const int8_t*, size_t, int32_t*, size_t);
constexpr Block kBlocks[] = {block_1, block_2, block_3, block_4, block_5, block_6};
using Listed = void (*)(const void*, size_t, const int8_t*, const uint32_t*, size_t, int32_t*, size_t);
constexpr Listed kListed[] = {listed_1, listed_2, listed_3, listed_4, listed_5, listed_6};
constexpr size_t kColumns = 8;
constexpr size_t kMostListed = 1024;

// Lists the groups of 4 words that are not zero in all rows, by their offset in a row; returns how many they are.
size_t list_groups(size_t n_rows, const std::byte* a, size_t a_stride, size_t n_groups, uint32_t* offsets) {
  size_t n_listed = 0;
  for (size_t group = 0; group < n_groups; ++group, a += sizeof(uint64_t)) {
    uint64_t any = 0;
    for (size_t row = 0; row < n_rows; ++row) {
      uint64_t words = 0;
      std::memcpy(&words, a + row * a_stride, sizeof(words));
      any |= words;
    }
    offsets[n_listed] = static_cast<uint32_t>(group * sizeof(uint64_t));
    n_listed += any != 0 ? 1 : 0;
  }
  return n_listed;
}

}  // namespace

void int8_tile_avx2(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups, int32_t* sums,
                    size_t sums_stride) {
  const Block block = kBlocks[n_rows - 1];
  for (size_t column = 0; column < kPanelColumns; column += kColumns, panel += n_groups * 4 * kColumns) {
    block(a, a_stride, panel, n_groups, sums + column, sums_stride * sizeof(int32_t));
  }
}

void int8_sparse_tile_avx2(size_t n_rows, const void* a, size_t a_stride, const int8_t* panel, size_t n_groups,
                           int32_t* sums, size_t sums_stride) {
  if (n_groups > kMostListed) return int8_tile_avx2(n_rows, a, a_stride, panel, n_groups, sums, sums_stride);
  uint32_t offsets[kMostListed + 1];
  const size_t n_listed = list_groups(n_rows, static_cast<const std::byte*>(a), a_stride, n_groups, offsets);
  if (n_listed == 0) {
    for (size_t row = 0; row < n_rows; ++row) std::memset(sums + row * sums_stride, 0, kPanelColumns * sizeof(int32_t));
    return;
  }
  for (size_t column = 0; column < kPanelColumns; column += kColumns, panel += n_groups * 4 * kColumns) {
    kListed[n_rows - 1](a, a_stride, panel, offsets, n_listed, sums + column, sums_stride * sizeof(int32_t));
  }
}

}  // namespace v2t::nn
