// Dimensions from tensor shapes, decoding settings from JSON files.
#include "whisper/model_config.h"

#include <cstring>

#include "whisper/json_reading.h"
#include "whisper/openai_vocabulary.h"

namespace v2t::whisper {
namespace {

constexpr int64_t kHeadWidth = 64;
constexpr int64_t kMaxExtent = 1 << 20;
constexpr int kMaxLayers = 256;
constexpr int kAudioPositions = 1500;    // of 30 s
constexpr int kLeastTextPositions = 16;  // half for the longest prompt, its special tokens, and some text

Result<TensorView> require(const TensorSource& tensors, const std::string& tensor, size_t rank,
                           const std::string& name) {
  auto view = tensors.find(tensor);
  if (!view) return invalid_model(name, "tensor " + tensor + " is missing");
  if (view->shape.size() != rank) return invalid_model(name, "tensor " + tensor + " has an unexpected shape");
  for (const int64_t extent : view->shape)
    if (extent < 1 || extent > kMaxExtent) return invalid_model(name, "tensor " + tensor + " has an unexpected shape");
  return *view;
}

int count_layers(const TensorSource& tensors, const std::string& half) {
  int n = 0;
  while (n < kMaxLayers && tensors.find(half + "/layer_" + std::to_string(n) + "/self_attention/linear_0/weight")) ++n;
  return n;
}

// The number of heads, where the model states it (revision 3): an int16 scalar.
std::optional<int> stated_heads(const TensorSource& tensors, const std::string& tensor) {
  const auto view = tensors.find(tensor);
  if (!view || view->type != DataType::kInt16 || view->bytes.size() != sizeof(int16_t)) return std::nullopt;
  int16_t heads = 0;
  std::memcpy(&heads, view->bytes.data(), sizeof(heads));
  return heads;
}

Result<void> check_dimensions(const Dimensions& d, const TensorSource& tensors, const std::string& name) {
  if (d.n_state % kHeadWidth != 0) return invalid_model(name, "its width is no multiple of 64");
  if (d.n_encoder_layers == 0 || d.n_decoder_layers == 0) return invalid_model(name, "it has no layers");
  if (d.n_encoder_layers == kMaxLayers || d.n_decoder_layers == kMaxLayers)
    return invalid_model(name, "it has too many layers");
  if (d.n_audio_positions != kAudioPositions)
    return invalid_model(name, "it hears " + std::to_string(d.n_audio_positions) + " positions, not 1500");
  if (d.n_text_positions < kLeastTextPositions) return invalid_model(name, "it has too few text positions");
  for (const char* tensor : {"encoder/num_heads", "decoder/num_heads"})
    if (stated_heads(tensors, tensor).value_or(d.n_heads) != d.n_heads)
      return invalid_model(name, "its attention heads are not 64 wide");
  return {};
}

// Heads that the model does not have are left out: distilled models carry their teacher's list.
Result<std::vector<AlignmentHead>> read_alignment_heads(const boost::json::object& config, const Dimensions& d,
                                                        const std::string& name) {
  std::vector<AlignmentHead> heads;
  const auto* list = config.if_contains("alignment_heads");
  if (list == nullptr || list->is_null()) return default_alignment_heads(d);
  const auto bad = [&] { return invalid_model(name, "alignment_heads is not a list of [layer, head]"); };
  if (!list->is_array()) return bad();
  for (const auto& element : list->get_array()) {
    if (!element.is_array() || element.get_array().size() != 2) return bad();
    const auto& pair = element.get_array();
    if (!pair[0].is_int64() || !pair[1].is_int64()) return bad();
    const int64_t layer = pair[0].get_int64();
    const int64_t head = pair[1].get_int64();
    if (layer >= 0 && layer < d.n_decoder_layers && head >= 0 && head < d.n_heads)
      heads.push_back({static_cast<int>(layer), static_cast<int>(head)});
    if (heads.size() > static_cast<size_t>(d.n_decoder_layers) * static_cast<size_t>(d.n_heads)) return bad();
  }
  return heads.empty() ? default_alignment_heads(d) : heads;
}

// {"<|en|>": 50259}; empty when absent.
Result<std::vector<int>> read_language_tokens(const boost::json::object& generation, int limit,
                                              const std::string& name) {
  std::vector<int> out;
  const auto* map = generation.if_contains("lang_to_id");
  if (map == nullptr || map->is_null()) return out;
  const auto bad = [&] { return invalid_model(name, "lang_to_id does not give each language a token in range"); };
  if (!map->is_object()) return bad();
  for (const auto& [language, token] : map->get_object()) {
    if (!token.is_int64() || token.get_int64() < 0 || token.get_int64() >= limit) return bad();
    out.push_back(static_cast<int>(token.get_int64()));
  }
  return out;
}

Result<void> check_hugging_face_model(const boost::json::object& config, const Dimensions& d, const std::string& name) {
  const auto* type = config.if_contains("model_type");
  if (type != nullptr && *type != "whisper") return invalid_model(name, "the model is not a Whisper");
  const auto* is_tied = config.if_contains("tie_word_embeddings");
  if (is_tied != nullptr && *is_tied == false)
    return invalid_model(name, "tie_word_embeddings is false: its projection is not its embeddings, as Whisper's is");
  for (const char* key : {"encoder_attention_heads", "decoder_attention_heads"})
    if (const auto* heads = config.if_contains(key); heads != nullptr && *heads != d.n_heads)
      return invalid_model(name, "its attention heads are not 64 wide");
  return {};
}

Result<void> check_preprocessor(std::string_view text, const Dimensions& d, const std::string& name) {
  TRY(const auto object, parse_object(text, name));
  const auto* size = object.if_contains("feature_size");
  if (size == nullptr) return {};
  if (!size->is_int64() || size->get_int64() != d.n_mels)
    return invalid_model(name, "feature_size is not the model's number of mel bins, " + std::to_string(d.n_mels));
  return {};
}

}  // namespace

Result<Dimensions> read_dimensions(const TensorSource& tensors, const std::string& name) {
  TRY(const auto conv, require(tensors, "encoder/conv1/weight", 3, name));
  TRY(const auto audio, require(tensors, "encoder/position_encodings/encodings", 2, name));
  TRY(const auto text, require(tensors, "decoder/position_encodings/encodings", 2, name));
  TRY(const auto embeddings, require(tensors, "decoder/embeddings/weight", 2, name));
  const int64_t n_state = conv.shape[0];
  if (audio.shape[1] != n_state || text.shape[1] != n_state || embeddings.shape[1] != n_state || conv.shape[2] != 3)
    return invalid_model(name, "the shapes of its tensors do not fit each other");
  Dimensions d;
  d.n_mels = static_cast<int>(conv.shape[1]);
  d.n_audio_positions = static_cast<int>(audio.shape[0]);
  d.n_text_positions = static_cast<int>(text.shape[0]);
  d.n_state = static_cast<int>(n_state);
  d.n_heads = static_cast<int>(n_state / kHeadWidth);
  d.n_encoder_layers = count_layers(tensors, "encoder");
  d.n_decoder_layers = count_layers(tensors, "decoder");
  d.n_vocabulary = static_cast<int>(embeddings.shape[0]);
  TRY_VOID(check_dimensions(d, tensors, name));
  return d;
}

Result<ModelConfig> read_model_config(const TensorSource& tensors, std::string_view config_json,
                                      std::optional<std::string_view> preprocessor_json, const std::string& name) {
  ModelConfig config;
  TRY(config.dimensions, read_dimensions(tensors, name + "/model.bin"));
  const std::string config_name = name + "/config.json";
  TRY(const auto object, parse_object(config_json, config_name));
  const int limit = config.dimensions.n_vocabulary;
  TRY(config.suppressed_tokens, read_integers(object, "suppress_ids", limit, config_name));
  TRY(config.suppressed_at_begin, read_integers(object, "suppress_ids_begin", limit, config_name));
  TRY(config.language_tokens, read_integers(object, "lang_ids", limit, config_name));
  TRY(config.alignment_heads, read_alignment_heads(object, config.dimensions, config_name));
  if (preprocessor_json)
    TRY_VOID(check_preprocessor(*preprocessor_json, config.dimensions, name + "/preprocessor_config.json"));
  return config;
}

Result<ModelConfig> read_hugging_face_config(const TensorSource& tensors, const HuggingFaceJson& json,
                                             const std::string& folder) {
  ModelConfig config;
  TRY(config.dimensions, read_dimensions(tensors, folder));
  const std::string name = folder + "/config.json";
  TRY(const auto model, parse_object(json.config, name));
  TRY_VOID(check_hugging_face_model(model, config.dimensions, name));
  const std::string generation_name = folder + "/generation_config.json";
  boost::json::object generation;
  if (json.generation) {
    TRY(generation, parse_object(*json.generation, generation_name));
  }
  // Older models say in config.json what newer ones say in generation_config.json.
  const auto read = [&](const char* key) {
    const auto* stated = generation.if_contains(key);
    const bool is_stated = stated != nullptr && !stated->is_null();
    return read_integers(is_stated ? generation : model, key, config.dimensions.n_vocabulary,
                         is_stated ? generation_name : name);
  };
  TRY(config.suppressed_tokens, read("suppress_tokens"));
  TRY(config.suppressed_at_begin, read("begin_suppress_tokens"));
  TRY(config.language_tokens, read_language_tokens(generation, config.dimensions.n_vocabulary, generation_name));
  TRY(config.alignment_heads, read_alignment_heads(generation, config.dimensions, generation_name));
  if (json.preprocessor)
    TRY_VOID(check_preprocessor(*json.preprocessor, config.dimensions, folder + "/preprocessor_config.json"));
  return config;
}

Result<ModelConfig> openai_config(const TensorSource& tensors, const Dimensions& stated, const Tokenizer& tokenizer,
                                  const std::string& name) {
  ModelConfig config;
  TRY(config.dimensions, read_dimensions(tensors, name));
  if (config.dimensions != stated) return invalid_model(name, "its tensors are not of the sizes that it states");
  config.suppressed_tokens = default_suppressed_tokens(tokenizer);
  config.suppressed_at_begin = default_suppressed_at_begin(tokenizer);
  config.alignment_heads = default_alignment_heads(config.dimensions);
  return config;
}

}  // namespace v2t::whisper
