// Reading of a model's files, format by format.
#include "whisper/model_reader.h"

#include <algorithm>

#include "base/file.h"
#include "tensors/safetensors.h"
#include "whisper/ct2_model.h"
#include "whisper/ggml_model.h"
#include "whisper/openai_vocabulary.h"
#include "whisper/safetensors_model.h"

namespace v2t::whisper {
namespace {

constexpr size_t kMaxJsonBytes = size_t{64} << 20;

std::string folder_of(const ModelFiles& files) { return files.model.parent_path().string(); }

Result<std::string> read_other(const ModelFiles& files, std::string_view name) {
  const auto path = files.find(name);
  if (!path)
    return fail(ErrorCode::kModelInvalid,
                folder_of(files) + " has no " + std::string(name) + ", which the model needs; get it again");
  return read_file(*path, kMaxJsonBytes);
}

Result<std::optional<std::string>> read_if_there(const ModelFiles& files, std::string_view name) {
  if (!files.find(name)) return std::nullopt;
  TRY(auto text, read_other(files, name));
  return std::optional(std::move(text));
}

Result<Tokenizer> read_tokenizer(const ModelFiles& files, int n_vocabulary) {
  const std::string folder = folder_of(files);
  if (files.find("tokenizer.json")) {
    TRY(const auto text, read_other(files, "tokenizer.json"));
    return Tokenizer::parse(text, n_vocabulary, folder + "/tokenizer.json");
  }
  TRY(const auto vocabulary, read_other(files, "vocab.json"));
  TRY(const auto merges, read_other(files, "merges.txt"));
  TRY(const auto added, read_other(files, "added_tokens.json"));
  return Tokenizer::parse(VocabularyFiles{vocabulary, merges, added}, n_vocabulary, folder);
}

Result<void> read_ctranslate2(const ModelFiles& files, OpenModel& model) {
  TRY(const auto config, read_other(files, "config.json"));
  TRY(const auto preprocessor, read_if_there(files, "preprocessor_config.json"));
  TRY(model.config, read_model_config(*model.tensors, config, preprocessor, folder_of(files)));
  TRY(model.tokenizer, read_tokenizer(files, model.config.dimensions.n_vocabulary));
  for (const char* name : {"vocabulary.json", "vocabulary.txt"}) {
    TRY(const auto vocabulary, read_if_there(files, name));
    if (vocabulary) TRY_VOID(model.tokenizer.check_vocabulary(*vocabulary, folder_of(files) + "/" + name));
  }
  return {};
}

// Every file that the index names must be here.
Result<void> check_index(const ModelFiles& files) {
  TRY(const auto text, read_file(files.model, kMaxJsonBytes));
  const auto named = parse_safetensors_index(text);
  if (!named) return wrap(named.error(), files.model.string());
  for (const std::string& name : *named)
    if (std::ranges::none_of(files.shards, [&](const auto& shard) { return shard.filename() == name; }))
      return fail(ErrorCode::kModelInvalid,
                  files.model.string() + " names " + name + ", which is not beside it; get the model again");
  return {};
}

Result<void> read_hugging_face(const ModelFiles& files, OpenModel& model) {
  TRY(const auto config, read_other(files, "config.json"));
  TRY(const auto generation, read_if_there(files, "generation_config.json"));
  TRY(const auto preprocessor, read_if_there(files, "preprocessor_config.json"));
  const HuggingFaceJson json{config, generation, preprocessor};
  TRY(model.config, read_hugging_face_config(*model.tensors, json, folder_of(files)));
  TRY(model.tokenizer, read_tokenizer(files, model.config.dimensions.n_vocabulary));
  return {};
}

// All of it is in the file of the tensors.
Result<void> read_ggml(const ModelFiles& files, OpenModel& model) {
  const std::string name = files.model.string();
  const auto* const ggml = dynamic_cast<const GgmlModel*>(model.tensors.get());
  CHECK(ggml != nullptr);
  const Dimensions& stated = ggml->stated_dimensions();
  TRY(model.tokenizer, openai_tokenizer(ggml->vocabulary(), stated.n_vocabulary, name));
  TRY(model.config, openai_config(*ggml, stated, model.tokenizer, name));
  return {};
}

}  // namespace

Result<std::shared_ptr<const TensorSource>> open_tensors(const ModelFiles& files) {
  if (files.format == ModelFormat::kCtranslate2) {
    TRY(std::shared_ptr<const TensorSource> tensors, Ct2Model::open(files.model));
    return tensors;
  }
  if (files.format == ModelFormat::kGgml) {
    TRY(std::shared_ptr<const TensorSource> tensors, GgmlModel::open(files.model));
    return tensors;
  }
  if (!files.shards.empty()) TRY_VOID(check_index(files));
  return open_safetensors_model(files.shards.empty() ? std::vector{files.model} : files.shards);
}

Result<OpenModel> open_model(const ModelFiles& files, std::shared_ptr<const TensorSource> tensors) {
  OpenModel model{.tensors = std::move(tensors)};
  switch (files.format) {
    case ModelFormat::kCtranslate2:
      TRY_VOID(read_ctranslate2(files, model));
      break;
    case ModelFormat::kSafetensors:
      TRY_VOID(read_hugging_face(files, model));
      break;
    case ModelFormat::kGgml:
      TRY_VOID(read_ggml(files, model));
      break;
  }
  return model;
}

}  // namespace v2t::whisper
