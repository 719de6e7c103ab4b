// Mel energies of a block of frames, one frame per vector lane and two per complex transform. Included by the files
// that are compiled for one instruction set each; everything here has internal linkage.
#pragma once

#include "whisper/mel_kernel.h"

namespace v2t::whisper {
namespace {

constexpr int kLanes = V2T_MEL_LANES;

struct MelBlock {
  typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
  typedef int Integers __attribute__((vector_size(kLanes * sizeof(int))));
  struct Complex {
    Lanes re;
    Lanes im;
  };

  static Lanes all(float value) { return Lanes{} + value; }

  // Butterflies of the discrete Fourier transform of 4 and 5 points.
  static void transform4(const Complex* a, Complex* o) {
    const Lanes sr = a[0].re + a[2].re, si = a[0].im + a[2].im, dr = a[0].re - a[2].re, di = a[0].im - a[2].im;
    const Lanes tr = a[1].re + a[3].re, ti = a[1].im + a[3].im, er = a[1].re - a[3].re, ei = a[1].im - a[3].im;
    o[0] = {sr + tr, si + ti};
    o[1] = {dr + ei, di - er};
    o[2] = {sr - tr, si - ti};
    o[3] = {dr - ei, di + er};
  }

  static void transform5(const Complex* a, Complex* o) {
    constexpr float c1 = 0.309016994F, c2 = -0.809016994F, s1 = 0.951056516F, s2 = 0.587785252F;
    const Lanes pr = a[1].re + a[4].re, pi = a[1].im + a[4].im, mr = a[1].re - a[4].re, mi = a[1].im - a[4].im;
    const Lanes qr = a[2].re + a[3].re, qi = a[2].im + a[3].im, nr = a[2].re - a[3].re, ni = a[2].im - a[3].im;
    const Lanes ar = a[0].re + c1 * pr + c2 * qr, ai = a[0].im + c1 * pi + c2 * qi;
    const Lanes br = a[0].re + c2 * pr + c1 * qr, bi = a[0].im + c2 * pi + c1 * qi;
    const Lanes cr = s1 * mr + s2 * nr, ci = s1 * mi + s2 * ni;
    const Lanes dr = s2 * mr - s1 * nr, di = s2 * mi - s1 * ni;
    o[0] = {a[0].re + pr + qr, a[0].im + pi + qi};
    o[1] = {ar + ci, ai - cr};
    o[2] = {br + di, bi - dr};
    o[3] = {br - di, bi + dr};
    o[4] = {ar - ci, ai + cr};
  }

  // One stage of Stockham's transform: length n in `stride` interleaved copies becomes radix times as many of n /
  // radix.
  template <int radix>
  static void stage(const MelTables& t, const Complex* in, Complex* out, int n, int stride) {
    const int part = n / radix;
    for (int p = 0; p < part; ++p) {
      for (int q = 0; q < stride; ++q) {
        Complex a[radix];
        Complex o[radix];
        for (int k = 0; k < radix; ++k) a[k] = in[q + stride * (p + part * k)];
        if constexpr (radix == 4) transform4(a, o);
        if constexpr (radix == 5) transform5(a, o);
        out[q + stride * radix * p] = o[0];
        for (int k = 1; k < radix; ++k) {
          const int turn = p * k * (kFrameSamples / n);
          const float c = t.cosines[turn], s = t.sines[turn];
          out[q + stride * (radix * p + k)] = {o[k].re * c - o[k].im * s, o[k].re * s + o[k].im * c};
        }
      }
    }
  }

  // A cast between vector types keeps their bits. log10(max(x, 1e-10)): x = 2^e m with m in [0.75, 1.5); ln m = 2
  // artanh((m - 1) / (m + 1)).
  static Lanes log10_of(Lanes x) {
    const Lanes least = all(1e-10F);
    x = x > least ? x : least;
    const Integers bits = (Integers)x;
    const Integers exponent = ((bits - 0x3F400000) >> 23);
    const Lanes m = (Lanes)(bits - (exponent << 23));
    const Lanes s = (m - 1.0F) / (m + 1.0F);
    const Lanes s2 = s * s;
    const Lanes series = 2.0F + s2 * (2.0F / 3 + s2 * (2.0F / 5 + s2 * (2.0F / 7 + s2 * (2.0F / 9))));
    return __builtin_convertvector(exponent, Lanes) * 0.301029996F + s * series * 0.434294482F;
  }

  static Lanes gather(const float* samples) {
    Lanes out;
    for (int lane = 0; lane < kLanes; ++lane) out[lane] = samples[lane * 160];
    return out;
  }

  // 2 * kLanes frames.
  static void run(const MelTables& t, const float* samples, float* out, long stride) {
    alignas(64) Complex x[kFrameSamples];
    alignas(64) Complex y[kFrameSamples];
    for (int k = 0; k < kFrameSamples; ++k)
      x[k] = {gather(samples + k) * t.window[k], gather(samples + kLanes * 160 + k) * t.window[k]};
    stage<4>(t, x, y, 400, 1);
    stage<4>(t, y, x, 100, 4);
    stage<5>(t, x, y, 25, 16);
    stage<5>(t, y, x, 5, 80);
    // The transforms of the two real signals: X1 = (z + conj y) / 2, X2 = (z - conj y) / 2i; powers into y.
    for (int k = 0; k < kFrameBins; ++k) {
      const Complex a = x[k], b = x[(kFrameSamples - k) % kFrameSamples];
      const Lanes r1 = a.re + b.re, i1 = a.im - b.im, r2 = a.im + b.im, i2 = b.re - a.re;
      y[k] = {(r1 * r1 + i1 * i1) * 0.25F, (r2 * r2 + i2 * i2) * 0.25F};
    }
    for (int band = 0; band < t.n_bands; ++band) {
      const MelBand& b = t.bands[band];
      Complex sum{};
      for (int i = 0; i < b.n_bins; ++i) {
        const float weight = t.weights[b.first_weight + i];
        sum.re += y[b.first_bin + i].re * weight;
        sum.im += y[b.first_bin + i].im * weight;
      }
      const Lanes first = log10_of(sum.re), second = log10_of(sum.im);
      __builtin_memcpy(out + band * stride, &first, sizeof(first));
      __builtin_memcpy(out + band * stride + kLanes, &second, sizeof(second));
    }
  }

  static void run_block(const MelTables& t, const float* samples, float* out, long stride) {
    for (int frame = 0; frame < kMelBlock; frame += 2 * kLanes) run(t, samples + frame * 160, out + frame, stride);
  }
};

}  // namespace
}  // namespace v2t::whisper
