// Text of the AVX-512 tile kernels. Each K loop is one asm statement: g++ 12 spills the 24 accumulators of
// the intrinsic version, which costs a factor of two. Register use: zmm0-3 the four column vectors of this k group,
// zmm4-7 broadcast activations, zmm8-31 sums. Only for files of one instruction set.
#pragma once

#define V2T_ZERO4(r0, r1, r2, r3)              \
  "vpxord %%zmm" #r0 ",%%zmm" #r0 ",%%zmm" #r0 \
  "\n"                                         \
  "vpxord %%zmm" #r1 ",%%zmm" #r1 ",%%zmm" #r1 \
  "\n"                                         \
  "vpxord %%zmm" #r2 ",%%zmm" #r2 ",%%zmm" #r2 \
  "\n"                                         \
  "vpxord %%zmm" #r3 ",%%zmm" #r3 ",%%zmm" #r3 "\n"
#define V2T_ROW(op, address, x, r0, r1, r2, r3)                                                                       \
  "vpbroadcastd " address ",%%zmm" #x "\n" op " %%zmm0,%%zmm" #x ",%%zmm" #r0 "\n" op " %%zmm1,%%zmm" #x ",%%zmm" #r1 \
  "\n" op " %%zmm2,%%zmm" #x ",%%zmm" #r2 "\n" op " %%zmm3,%%zmm" #x ",%%zmm" #r3 "\n"
#define V2T_STORE(r0, r1, r2, r3) \
  "vmovups %%zmm" #r0             \
  ",(%[c])\n"                     \
  "vmovups %%zmm" #r1             \
  ",64(%[c])\n"                   \
  "vmovups %%zmm" #r2             \
  ",128(%[c])\n"                  \
  "vmovups %%zmm" #r3             \
  ",192(%[c])\n"                  \
  "addq %[ldc],%[c]\n"

#define V2T_ZERO_1 V2T_ZERO4(8, 9, 10, 11)
#define V2T_ZERO_2 V2T_ZERO_1 V2T_ZERO4(12, 13, 14, 15)
#define V2T_ZERO_3 V2T_ZERO_2 V2T_ZERO4(16, 17, 18, 19)
#define V2T_ZERO_4 V2T_ZERO_3 V2T_ZERO4(20, 21, 22, 23)
#define V2T_ZERO_5 V2T_ZERO_4 V2T_ZERO4(24, 25, 26, 27)
#define V2T_ZERO_6 V2T_ZERO_5 V2T_ZERO4(28, 29, 30, 31)
#define V2T_ROWS_1(op) V2T_ROW(op, "(%[a])", 4, 8, 9, 10, 11)
#define V2T_ROWS_2(op) V2T_ROWS_1(op) V2T_ROW(op, "(%[a],%[l])", 5, 12, 13, 14, 15)
#define V2T_ROWS_3(op) V2T_ROWS_2(op) V2T_ROW(op, "(%[a],%[l],2)", 6, 16, 17, 18, 19)
#define V2T_ROWS_4(op) V2T_ROWS_3(op) V2T_ROW(op, "(%[a],%[l3])", 7, 20, 21, 22, 23)
#define V2T_ROWS_5(op) V2T_ROWS_4(op) V2T_ROW(op, "(%[a],%[l],4)", 4, 24, 25, 26, 27)
#define V2T_ROWS_6(op) V2T_ROWS_5(op) V2T_ROW(op, "(%[a],%[l5])", 5, 28, 29, 30, 31)
#define V2T_STORE_1 V2T_STORE(8, 9, 10, 11)
#define V2T_STORE_2 V2T_STORE_1 V2T_STORE(12, 13, 14, 15)
#define V2T_STORE_3 V2T_STORE_2 V2T_STORE(16, 17, 18, 19)
#define V2T_STORE_4 V2T_STORE_3 V2T_STORE(20, 21, 22, 23)
#define V2T_STORE_5 V2T_STORE_4 V2T_STORE(24, 25, 26, 27)
#define V2T_STORE_6 V2T_STORE_5 V2T_STORE(28, 29, 30, 31)

// The K loop: the sums of these rows lie in zmm8-31 then, those of row r from zmm(8 + 4r) on. Operands a, b, k (groups,
// >= 1) and l, l3, l5 (1, 3 and 5 times the stride of the activations in bytes). A panel advances 256 bytes per group
// of 4 bytes of k.
#define V2T_PRODUCTS(op, rows) \
  V2T_ZERO_##rows                           \
      ".p2align 6\n"                        \
      "1:\n"                                \
      "vmovups (%[b]),%%zmm0\n"             \
      "vmovups 64(%[b]),%%zmm1\n"           \
      "vmovups 128(%[b]),%%zmm2\n"          \
      "vmovups 192(%[b]),%%zmm3\n" V2T_ROWS_##rows(op) "addq $256,%[b]\n" \
      "addq $4,%[a]\n"                      \
      "decq %[k]\n"                         \
      "jnz 1b\n"
#define V2T_CLOBBERS                                                                                                \
  "memory", "cc", "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10", "zmm11", \
      "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20", "zmm21", "zmm22", "zmm23",   \
      "zmm24", "zmm25", "zmm26", "zmm27", "zmm28", "zmm29", "zmm30", "zmm31"

// Defines NAME(a, lda, b, groups, c, ldc): strides in bytes, groups >= 1.
#define V2T_TILE(NAME, op, rows)                                                                               \
  __attribute__((noinline)) static void NAME(const void* a, size_t lda, const void* b, size_t groups, void* c, \
                                             size_t ldc) {                                                     \
    asm volatile(V2T_PRODUCTS(op, rows) V2T_STORE_##rows                                                       \
                 : [a] "+r"(a), [b] "+r"(b), [k] "+r"(groups), [c] "+r"(c)                                     \
                 : [l] "r"(lda), [l3] "r"(3 * lda), [l5] "r"(5 * lda), [ldc] "r"(ldc)                          \
                 : V2T_CLOBBERS);                                                                              \
  }
// Defines NAME(a, lda, b, offsets, groups, c, ldc): the same over groups that are listed by the offset of their
// activations in a row, in bytes.
#define V2T_LISTED_TILE(NAME, op, rows)                                                                              \
  __attribute__((noinline)) static void NAME(const void* a, size_t lda, const void* b, const uint32_t* offsets,      \
                                             size_t groups, void* c, size_t ldc) {                                   \
    const void* at;                                                                                                  \
    asm volatile(V2T_ZERO_##rows                                                                                   \
                 ".p2align 6\n"                                                                                    \
                 "1:\n"                                                                                            \
                 "movl (%[o]),%%eax\n"                                                                             \
                 "leaq (%[row],%%rax),%[a]\n"                                                                      \
                 "shlq $6,%%rax\n"                                                                                 \
                 "vmovups (%[b],%%rax),%%zmm0\n"                                                                   \
                 "vmovups 64(%[b],%%rax),%%zmm1\n"                                                                 \
                 "vmovups 128(%[b],%%rax),%%zmm2\n"                                                                \
                 "vmovups 192(%[b],%%rax),%%zmm3\n" V2T_ROWS_##rows(op) "addq $4,%[o]\n"                           \
                 "decq %[k]\n"                                                                                     \
                 "jnz 1b\n" V2T_STORE_##rows                                                                       \
                 : [a] "=&r"(at), [o] "+r"(offsets), [k] "+r"(groups), [c] "+r"(c)                                 \
                 : [row] "r"(a), [b] "r"(b), [l] "r"(lda), [l3] "r"(3 * lda), [l5] "r"(5 * lda), [ldc] "r"(ldc)    \
                 : "rax", V2T_CLOBBERS); \
  }
#define V2T_TILES(V2T_OF, NAME, op, Type) \
  V2T_OF(NAME##_1, op, 1)                 \
  V2T_OF(NAME##_2, op, 2)                 \
  V2T_OF(NAME##_3, op, 3)                 \
  V2T_OF(NAME##_4, op, 4)                 \
  V2T_OF(NAME##_5, op, 5)                 \
  V2T_OF(NAME##_6, op, 6)                 \
  constexpr Type NAME[] = {NAME##_1, NAME##_2, NAME##_3, NAME##_4, NAME##_5, NAME##_6};
