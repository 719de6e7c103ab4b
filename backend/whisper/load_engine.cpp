// A model's files become an engine, or a file of whisper.cpp.
#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "base/log.h"
#include "nn/cpu.h"
#include "whisper/engine.h"
#include "whisper/ggml_writer.h"
#include "whisper/model_reader.h"
#include "whisper/packed_file.h"
#include "whisper/weights.h"

namespace v2t::whisper {
namespace {

// Weights, and their being written to a file beside their use. Who no longer needs them waits for its end.
struct KeptWeights {
  std::shared_ptr<const Weights> weights;
  std::thread writing;
  ~KeptWeights() { writing.join(); }
};

std::shared_ptr<const Weights> keep(std::shared_ptr<const Weights> weights, PackedFile file, std::stop_token stop) {
  auto kept = std::make_shared<KeptWeights>();
  kept->weights = std::move(weights);
  kept->writing = std::thread([file = std::move(file), stop = std::move(stop), &packed = *kept->weights] {
    if (const auto written = file.write(packed, stop); !written)
      log::debug("packed weights are not kept", {{"file", file.path()}, {"reason", written.error().message}});
  });
  return {kept, kept->weights.get()};
}

Result<std::shared_ptr<const Weights>> load_weights(const ModelFiles& files, const TensorSource& tensors,
                                                    const std::filesystem::path& packed_folder, std::stop_token stop) {
  const auto set = nn::best_instruction_set();
  TRY(const Dimensions dimensions, read_dimensions(tensors, files.model.string()));
  std::optional<PackedFile> file;
  if (!packed_folder.empty()) file = PackedFile::of(packed_folder, files, dimensions, set);
  if (file) {
    if (auto weights = file->map(tensors)) return weights;
  }
  TRY(auto weights, Weights::load(tensors, dimensions, set, stop));
  if (!file) return weights;
  return keep(std::move(weights), *std::move(file), std::move(stop));
}

}  // namespace

Result<std::unique_ptr<SpeechEngine>> load_engine(const ModelFiles& files, const EngineOptions& options,
                                                  std::stop_token stop) {
  TRY(const auto tensors, open_tensors(files));
  // The tokenizer takes as long as the weights of base.
  auto reading = std::async(std::launch::async, [&] { return open_model(files, tensors); });
  auto weights = load_weights(files, *tensors, options.packed_folder, stop);
  TRY(auto open, reading.get());
  TRY_VOID(weights);
  auto forward = make_forward(*std::move(weights), open.config.alignment_heads, options.threads);
  auto model = std::make_shared<SpeechModel>(files.name, std::move(open.config), std::move(open.tokenizer));
  return make_engine(std::move(model), std::move(forward), options);
}

Result<void> convert_to_ggml(const ModelFiles& files, std::string_view type, const std::filesystem::path& out,
                             std::stop_token stop) {
  static constexpr std::pair<std::string_view, GgmlType> kTypes[] = {{"f32", GgmlType::kF32},
                                                                     {"f16", GgmlType::kF16},
                                                                     {"q8_0", GgmlType::kQ8_0},
                                                                     {"q5_0", GgmlType::kQ5_0},
                                                                     {"q5_1", GgmlType::kQ5_1}};
  const auto* const known = std::ranges::find(kTypes, type, &std::pair<std::string_view, GgmlType>::first);
  if (known == std::end(kTypes))
    return fail(ErrorCode::kInvalidArgument,
                "the type " + std::string(type) + " is not one of f32, f16, q8_0, q5_0, q5_1");
  TRY(auto tensors, open_tensors(files));
  TRY(const auto model, open_model(files, std::move(tensors)));
  return write_ggml(model, known->second, out, std::move(stop));
}

std::string describe_processor(int threads) {
  const int n = threads > 0 ? threads : nn::usable_processors();
  return std::string(nn::instruction_set_name(nn::best_instruction_set())) + ", " + std::to_string(n) +
         (n == 1 ? " thread" : " threads");
}

}  // namespace v2t::whisper
