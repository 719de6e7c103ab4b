// Packs chunks of kept audio into windows and chooses where to cut.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "domain/window.h"

namespace v2t::speech {

struct PackerOptions {
  Samples longest{kSampleRateHz * 28};     // of a window, at most kMaxWindow
  Samples cut_within{kSampleRateHz * 14};  // a full window is cut at the best place in its last part of this length
  // The first window, when it is full, is rather cut at a pause between these lengths.
  Samples first_from{};
  Samples first_until{};
  Samples closing_pause{kSampleRateHz * 8};  // a silence this long ends a window: what follows is another matter
  float pause_probability = 0.35F;           // below: a pause
  size_t shortest_speech = 4;                // pieces: shorter runs are noise
  size_t shortest_pause = 3;                 // pieces: shorter dips do not end a run of speech
};

struct Chunk {
  Samples media_start{};
  float probability = 0;       // of speech
  std::vector<float> samples;  // 512, fewer only at the stream's end
};

class WindowPacker {
 public:
  WindowPacker(const PackerOptions& options, uint64_t first_number);

  // In order of time. What lies between two chunks was left out.
  void add(const Chunk& chunk);
  // All audio before this time that will be added was added.
  void heard_until(Samples media_time);
  // The stream ended here: closes the last window.
  void finish(Samples media_end);
  // The next complete window.
  std::optional<Window> next();

 private:
  struct Piece {
    Samples media_start{};
    Samples length{};
    float probability = 0;
    float power = 0;  // mean square
  };

  Samples open_length() const { return Samples(static_cast<int64_t>(samples_.size())); }
  Samples end_of(size_t piece) const { return pieces_[piece].media_start + pieces_[piece].length; }
  // Silence was left out between this piece and the one before it.
  bool is_join(size_t piece) const { return end_of(piece - 1) < pieces_[piece].media_start; }
  bool is_quiet(size_t piece) const { return pieces_[piece].probability < options_.pause_probability; }
  size_t pieces_within(Samples length) const;
  size_t first_cut() const;
  std::optional<size_t> best_pause(size_t first, size_t last) const;
  size_t quietest_boundary(size_t first) const;
  size_t best_cut() const;
  std::vector<SpeechSpan> speech(size_t count) const;
  float level(size_t first, size_t count) const;
  void raise_quiet_regions(Window& window) const;
  void close(size_t count);

  PackerOptions options_;
  std::vector<Piece> pieces_;   // of the open window
  std::vector<float> samples_;  // theirs
  std::deque<Window> windows_;
  uint64_t next_number_;
};

}  // namespace v2t::speech
