// A model's files become an engine.
#include <future>

#include "base/file.h"
#include "nn/cpu.h"
#include "whisper/ct2_model.h"
#include "whisper/engine.h"
#include "whisper/weights.h"

namespace v2t::whisper {
namespace {

constexpr size_t kMaxJsonBytes = size_t{64} << 20;

Result<ModelConfig> load_config(const ModelFiles& files, const TensorSource& tensors) {
  TRY(const auto config, read_file(files.config, kMaxJsonBytes));
  std::optional<std::string> preprocessor;
  if (files.preprocessor) {
    TRY(preprocessor, read_file(*files.preprocessor, kMaxJsonBytes));
  }
  return read_model_config(tensors, config, preprocessor, files.config.parent_path().string());
}

Result<Tokenizer> load_tokenizer(const ModelFiles& files, int n_vocabulary) {
  TRY(const auto text, read_file(files.tokenizer, kMaxJsonBytes));
  TRY(auto tokenizer, Tokenizer::parse(text, n_vocabulary, files.tokenizer.string()));
  TRY(const auto vocabulary, read_file(files.vocabulary, kMaxJsonBytes));
  TRY_VOID(tokenizer.check_vocabulary(vocabulary, files.vocabulary.string()));
  return tokenizer;
}

}  // namespace

Result<std::unique_ptr<SpeechEngine>> load_engine(const ModelFiles& files, const EngineOptions& options,
                                                  std::stop_token stop) {
  TRY(const auto tensors, Ct2Model::open(files.model));
  TRY(auto config, load_config(files, *tensors));
  // The tokenizer takes as long as the weights of base.
  auto parsing = std::async(std::launch::async, [&] { return load_tokenizer(files, config.dimensions.n_vocabulary); });
  auto weights = Weights::load(*tensors, config.dimensions, nn::best_instruction_set(), stop);
  TRY(auto tokenizer, parsing.get());
  TRY_VOID(weights);
  auto forward = make_forward(*std::move(weights), config.alignment_heads, options.threads);
  auto model = std::make_shared<SpeechModel>(files.name, std::move(config), std::move(tokenizer));
  return make_engine(std::move(model), std::move(forward), options);
}

std::string describe_processor(int threads) {
  const int n = threads > 0 ? threads : nn::usable_processors();
  return std::string(nn::instruction_set_name(nn::best_instruction_set())) + ", " + std::to_string(n) +
         (n == 1 ? " thread" : " threads");
}

}  // namespace v2t::whisper
