// Loading of the Silero network, and streams of it.
#include "speech/voice_activity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "base/file.h"
#include "tensors/safetensors.h"

namespace v2t::speech {
namespace {

using Shape = std::vector<size_t>;

Result<std::vector<float>> values_of(const TensorsByName& tensors, const std::string& name, const Shape& shape) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) return fail(ErrorCode::kModelInvalid, "no tensor " + name);
  if (found->second.type != DataType::kFloat32)
    return fail(ErrorCode::kModelInvalid, "tensor " + name + " is not of type F32");
  const auto is_same = [](int64_t a, size_t b) { return std::cmp_equal(a, b); };
  if (!std::ranges::equal(found->second.shape, shape, is_same))
    return fail(ErrorCode::kModelInvalid, "tensor " + name + " has another shape");
  auto values = float_values(found->second);
  for (const float value : values)
    if (!std::isfinite(value)) return fail(ErrorCode::kModelInvalid, "tensor " + name + " holds no numbers");
  return values;
}

// [outputs, channels, 3] -> [taps, channels, outputs], of the taps from `first_tap` on, `taps` of them.
std::vector<float> arrange(const std::vector<float>& weights, size_t outputs, size_t first_tap, size_t taps) {
  const size_t channels = weights.size() / outputs / 3;
  std::vector<float> out;
  out.reserve(taps * channels * outputs);
  for (size_t tap = first_tap; tap < first_tap + taps; ++tap)
    for (size_t channel = 0; channel < channels; ++channel)
      for (size_t output = 0; output < outputs; ++output)
        out.push_back(weights[(output * channels + channel) * 3 + tap]);
  return out;
}

// [outputs, inputs] -> [inputs, outputs]
std::vector<float> transpose(const std::vector<float>& matrix, size_t outputs) {
  const size_t inputs = matrix.size() / outputs;
  std::vector<float> out;
  out.reserve(matrix.size());
  for (size_t i = 0; i < inputs; ++i)
    for (size_t o = 0; o < outputs; ++o) out.push_back(matrix[o * inputs + i]);
  return out;
}

struct Circle {
  std::vector<float> cosines;
  std::vector<float> sines;

  Circle() {
    for (size_t n = 0; n < kSileroFrame; ++n) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(n) / kSileroFrame;
      cosines.push_back(static_cast<float>(std::cos(angle)));
      sines.push_back(static_cast<float>(std::sin(angle)));
    }
  }
};

// The published transform is written as a convolution; we run it as a fast Fourier transform with its window
// (the first row: frequency 0), which must be the same thing.
Result<std::vector<float>> window_of(const std::vector<float>& stft, const Circle& circle) {
  for (size_t k = 0; k < kSileroBins; ++k)
    for (size_t n = 0; n < kSileroFrame; ++n) {
      const float cosine = stft[k * kSileroFrame + n] - stft[n] * circle.cosines[k * n % kSileroFrame];
      const float sine = stft[(kSileroBins + k) * kSileroFrame + n] + stft[n] * circle.sines[k * n % kSileroFrame];
      if (std::abs(cosine) > 1e-4F || std::abs(sine) > 1e-4F)
        return fail(ErrorCode::kModelInvalid, "tensor stft_conv.weight is not a windowed Fourier transform");
    }
  return std::vector(stft.begin(), stft.begin() + kSileroFrame);
}

// All numbers of the network in one piece of memory, each array on a cache line of its own.
class Storage {
 public:
  size_t add(const std::vector<float>& values) {
    const size_t at = (numbers_.size() + 15) / 16 * 16;
    numbers_.resize(at);
    numbers_.insert(numbers_.end(), values.begin(), values.end());
    return at;
  }
  std::vector<float> take() { return std::move(numbers_); }

 private:
  std::vector<float> numbers_;
};

class SileroStream : public VoiceDetector {
 public:
  SileroStream(std::shared_ptr<const VoiceActivityModel> model, SileroForward forward)
      : model_(std::move(model)), forward_(forward) {}

  void detect(std::span<const float> samples, std::span<float> probabilities) override {
    CHECK(samples.size() == probabilities.size() * kChunkSamples);
    for (size_t done = 0; done < probabilities.size(); done += kSileroBatch) {
      const size_t chunks = std::min(kSileroBatch, probabilities.size() - done);
      forward_(model_->network(), state_, *scratch_, samples.data() + done * kChunkSamples, chunks,
               probabilities.data() + done);
    }
  }

 private:
  std::shared_ptr<const VoiceActivityModel> model_;
  SileroForward forward_;
  SileroState state_;
  std::unique_ptr<SileroScratch> scratch_ = std::make_unique<SileroScratch>();
};

struct ConvolutionShape {
  std::string name;
  size_t channels;
  size_t outputs;
  size_t first_tap;
  size_t taps;
};

}  // namespace

Result<std::shared_ptr<const VoiceActivityModel>> VoiceActivityModel::load(const std::filesystem::path& weights) {
  const auto file = MappedFile::open(weights);
  if (!file)
    return fail(ErrorCode::kModelUnavailable, "the voice activity weights cannot be read (" + file.error().message +
                                                  "); get them with `backend/tools/fetch_weights vad`");
  auto model = build((*file)->bytes());
  if (!model)
    return fail(model.error().code, "the voice activity weights " + weights.string() +
                                        " cannot be used: " + model.error().message +
                                        "; get them anew with `backend/tools/fetch_weights vad`");
  return model;
}

Result<std::shared_ptr<const VoiceActivityModel>> VoiceActivityModel::build(std::span<const std::byte> file) {
  TRY(const auto tensors, parse_safetensors(file));
  const Circle circle;
  TRY(const auto stft, values_of(tensors, "stft_conv.weight", {2 * kSileroBins, 1, kSileroFrame}));
  TRY(const auto window, window_of(stft, circle));
  Storage storage;
  const size_t window_at = storage.add(window);
  const size_t cosines_at = storage.add(circle.cosines);
  const size_t sines_at = storage.add(circle.sines);
  const std::array<ConvolutionShape, 4> shapes{
      {{"conv1", kSileroBins, 128, 0, 3}, {"conv2", 128, 64, 0, 3}, {"conv3", 64, 64, 1, 2}, {"conv4", 64, 128, 1, 1}}};
  std::array<std::pair<size_t, size_t>, 4> convolutions_at;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const auto& [name, channels, outputs, first_tap, taps] = shapes[i];
    TRY(const auto values, values_of(tensors, name + ".weight", {outputs, channels, 3}));
    TRY(const auto bias, values_of(tensors, name + ".bias", {outputs}));
    convolutions_at[i] = {storage.add(arrange(values, outputs, first_tap, taps)), storage.add(bias)};
  }
  TRY(const auto from_input, values_of(tensors, "lstm_cell.weight_ih", {kSileroGates, kSileroState}));
  TRY(const auto from_state, values_of(tensors, "lstm_cell.weight_hh", {kSileroGates, kSileroState}));
  TRY(auto bias, values_of(tensors, "lstm_cell.bias_ih", {kSileroGates}));
  TRY(const auto state_bias, values_of(tensors, "lstm_cell.bias_hh", {kSileroGates}));
  TRY(const auto output, values_of(tensors, "final_conv.weight", {1, kSileroState, 1}));
  TRY(const auto output_bias, values_of(tensors, "final_conv.bias", {1}));
  for (size_t i = 0; i < bias.size(); ++i) bias[i] += state_bias[i];
  const size_t gates_at = storage.add(transpose(from_input, kSileroGates));
  const size_t bias_at = storage.add(bias);
  const size_t recurrent_at = storage.add(transpose(from_state, kSileroGates));
  const size_t output_at = storage.add(output);

  std::shared_ptr<VoiceActivityModel> model(new VoiceActivityModel(storage.take()));
  const float* base = model->storage_.data();
  auto& network = model->network_;
  network.window = base + window_at;
  network.cosines = base + cosines_at;
  network.sines = base + sines_at;
  for (size_t i = 0; i < shapes.size(); ++i)
    network.convolutions[i] = {base + convolutions_at[i].first, base + convolutions_at[i].second,
                               shapes[i].taps * shapes[i].channels, shapes[i].outputs};
  network.gates = {base + gates_at, base + bias_at, kSileroState, kSileroGates};
  network.recurrent = base + recurrent_at;
  network.output = base + output_at;
  network.output_bias = output_bias[0];
  return model;
}

std::vector<SileroKernel> VoiceActivityModel::kernels() {
  std::vector<SileroKernel> kernels;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
    kernels.push_back({"avx512", silero_forward_avx512});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels.push_back({"avx2", silero_forward_avx2});
  kernels.push_back({"portable", silero_forward_portable});
  return kernels;
}

std::unique_ptr<VoiceDetector> VoiceActivityModel::listen(std::shared_ptr<const VoiceActivityModel> model) {
  return listen(std::move(model), kernels().front());
}

std::unique_ptr<VoiceDetector> VoiceActivityModel::listen(std::shared_ptr<const VoiceActivityModel> model,
                                                          SileroKernel kernel) {
  return std::make_unique<SileroStream>(std::move(model), kernel.forward);
}

}  // namespace v2t::speech
