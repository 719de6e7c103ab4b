// Voice activity detection with the Silero network (16 kHz, PyPI silero-vad 6.2), run by our own code.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "speech/silero_network.h"
#include "speech/voice_detector.h"

namespace v2t::speech {

// Loaded once, immutable, shared by any number of streams and threads.
class VoiceActivityModel {
 public:
  // kModelUnavailable when the file is not there, kModelInvalid when it is not this network.
  static Result<std::shared_ptr<const VoiceActivityModel>> load(const std::filesystem::path& weights);

  // The same from the file's bytes.
  static Result<std::shared_ptr<const VoiceActivityModel>> build(std::span<const std::byte> file);

  // For one stream; keeps the model alive.
  static std::unique_ptr<VoiceDetector> listen(std::shared_ptr<const VoiceActivityModel> model);

  // Instruction sets of this machine that there is code for, the fastest first; listen() takes the first.
  static std::vector<SileroKernel> kernels();
  static std::unique_ptr<VoiceDetector> listen(std::shared_ptr<const VoiceActivityModel> model, SileroKernel kernel);

  const SileroNetwork& network() const { return network_; }

 private:
  explicit VoiceActivityModel(std::vector<float> storage) : storage_(std::move(storage)) {}
  std::vector<float> storage_;
  SileroNetwork network_;
};

}  // namespace v2t::speech
