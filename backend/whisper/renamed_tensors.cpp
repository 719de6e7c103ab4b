// Names of Whisper's tensors in Hugging Face's and OpenAI's files.
#include "whisper/renamed_tensors.h"

#include <string>
#include <utility>

namespace v2t::whisper {
namespace {

constexpr int64_t kMaxExtent = 1 << 24;

struct Part {  // its weight and bias
  std::string ours;
  std::vector<std::string> theirs;  // several: one below another
};

struct Names {
  std::vector<std::pair<std::string, std::string>> tensors;  // ours, theirs
  std::vector<Part> parts;
  std::string layers;             // of HALF.layers.N.
  std::vector<Part> layer_parts;  // of HALF/layer_N/
};

const Names& hugging_face_names() {
  static const Names kNames{{{"encoder/position_encodings/encodings", "encoder.embed_positions.weight"},
                             {"decoder/position_encodings/encodings", "decoder.embed_positions.weight"},
                             {"decoder/embeddings/weight", "decoder.embed_tokens.weight"}},
                            {{"encoder/conv1", {"encoder.conv1"}},
                             {"encoder/conv2", {"encoder.conv2"}},
                             {"encoder/layer_norm", {"encoder.layer_norm"}},
                             {"decoder/layer_norm", {"decoder.layer_norm"}}},
                            "layers",
                            {{"self_attention/layer_norm", {"self_attn_layer_norm"}},
                             {"self_attention/linear_0", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
                             {"self_attention/linear_1", {"self_attn.out_proj"}},
                             {"attention/layer_norm", {"encoder_attn_layer_norm"}},
                             {"attention/linear_0", {"encoder_attn.q_proj"}},
                             {"attention/linear_1", {"encoder_attn.k_proj", "encoder_attn.v_proj"}},
                             {"attention/linear_2", {"encoder_attn.out_proj"}},
                             {"ffn/layer_norm", {"final_layer_norm"}},
                             {"ffn/linear_0", {"fc1"}},
                             {"ffn/linear_1", {"fc2"}}}};
  return kNames;
}

const Names& openai_names() {
  static const Names kNames{{{"encoder/position_encodings/encodings", "encoder.positional_embedding"},
                             {"decoder/position_encodings/encodings", "decoder.positional_embedding"},
                             {"decoder/embeddings/weight", "decoder.token_embedding.weight"}},
                            {{"encoder/conv1", {"encoder.conv1"}},
                             {"encoder/conv2", {"encoder.conv2"}},
                             {"encoder/layer_norm", {"encoder.ln_post"}},
                             {"decoder/layer_norm", {"decoder.ln"}}},
                            "blocks",
                            {{"self_attention/layer_norm", {"attn_ln"}},
                             {"self_attention/linear_0", {"attn.query", "attn.key", "attn.value"}},
                             {"self_attention/linear_1", {"attn.out"}},
                             {"attention/layer_norm", {"cross_attn_ln"}},
                             {"attention/linear_0", {"cross_attn.query"}},
                             {"attention/linear_1", {"cross_attn.key", "cross_attn.value"}},
                             {"attention/linear_2", {"cross_attn.out"}},
                             {"ffn/layer_norm", {"mlp_ln"}},
                             {"ffn/linear_0", {"mlp.0"}},
                             {"ffn/linear_1", {"mlp.2"}}}};
  return kNames;
}

class Renaming {
 public:
  explicit Renaming(const TensorsByName& theirs) : theirs_(theirs) {}

  TensorsByName run(const Names& names) {
    for (const auto& [ours, theirs] : names.tensors)
      if (const auto* tensor = find(theirs)) ours_.emplace(ours, *tensor);
    for (const Part& part : names.parts) add(part, "", "");
    for (const std::string half : {"encoder", "decoder"})
      for (int i = 0; add_layer(names, half, std::to_string(i)); ++i) continue;
    return std::move(ours_);
  }

 private:
  const TensorView* find(const std::string& name) const {
    const auto at = theirs_.find(name);
    return at == theirs_.end() ? nullptr : &at->second;
  }

  // Whether there was anything of the layer.
  bool add_layer(const Names& names, const std::string& half, const std::string& number) {
    const size_t before = ours_.size();
    for (const Part& part : names.layer_parts)
      add(part, half + "/layer_" + number + "/", half + "." + names.layers + "." + number + ".");
    return ours_.size() > before;
  }

  void add(const Part& part, const std::string& our_prefix, const std::string& their_prefix) {
    const bool is_norm = part.ours.ends_with("layer_norm");
    const std::string ours = our_prefix + part.ours;
    std::vector<std::string> theirs;
    for (const std::string& name : part.theirs) theirs.push_back(their_prefix + name);
    if (theirs.size() > 1) return add_stacked(ours, theirs);
    if (const auto* weight = find(theirs[0] + ".weight"))
      ours_.emplace(ours + (is_norm ? "/gamma" : "/weight"), *weight);
    if (const auto* bias = find(theirs[0] + ".bias")) ours_.emplace(ours + (is_norm ? "/beta" : "/bias"), *bias);
  }

  void add_stacked(const std::string& ours, const std::vector<std::string>& theirs) {
    TensorView weight{.shape = {0, 0}};
    TensorView bias{.shape = {0}};
    for (const std::string& name : theirs) {
      const auto* rows = find(name + ".weight");
      if (rows == nullptr || rows->shape.size() != 2 || rows->bytes.empty()) return;
      if (rows->shape[0] > kMaxExtent || rows->shape[1] > kMaxExtent) return;
      if (!weight.pieces.empty() && weight.shape[1] != rows->shape[1]) return;
      weight.shape = {weight.shape[0] + rows->shape[0], rows->shape[1]};
      weight.pieces.push_back({rows->type, rows->shape[0], rows->bytes});
      const auto* values = find(name + ".bias");
      const bool has_bias = values != nullptr && values->shape == std::vector{rows->shape[0]};
      bias.shape[0] += rows->shape[0];
      bias.pieces.push_back({has_bias ? values->type : DataType::kFloat32, rows->shape[0],
                             has_bias ? values->bytes : std::span<const std::byte>()});
    }
    ours_.emplace(ours + "/weight", std::move(weight));
    ours_.emplace(ours + "/bias", std::move(bias));
  }

  const TensorsByName& theirs_;
  TensorsByName ours_;
};

}  // namespace

std::vector<OpenAiTensor> openai_tensors(int n_encoder_layers, int n_decoder_layers) {
  const Names& names = openai_names();
  std::vector<OpenAiTensor> out;
  for (const auto& [ours, theirs] : names.tensors) out.push_back({theirs, ours});
  const auto add = [&](const Part& part, const std::string& our_prefix, const std::string& their_prefix) {
    const std::string ours = our_prefix + part.ours;
    const bool is_norm = ours.ends_with("layer_norm");
    for (size_t i = 0; i < part.theirs.size(); ++i) {
      const std::string theirs = their_prefix + part.theirs[i];
      out.push_back({theirs + ".weight", ours + (is_norm ? "/gamma" : "/weight"), i, part.theirs.size()});
      if (!theirs.ends_with(".key"))
        out.push_back({theirs + ".bias", ours + (is_norm ? "/beta" : "/bias"), i, part.theirs.size()});
    }
  };
  for (const Part& part : names.parts) add(part, "", "");
  for (const auto& [half, n_layers] : {std::pair("encoder", n_encoder_layers), std::pair("decoder", n_decoder_layers)})
    for (int i = 0; i < n_layers; ++i)
      for (const Part& part : names.layer_parts)
        if (half == std::string("decoder") || !part.ours.starts_with("attention/"))
          add(part, half + ("/layer_" + std::to_string(i)) + "/",
              half + ("." + names.layers) + "." + std::to_string(i) + ".");
  return out;
}

RenamedTensors::RenamedTensors(const TensorsByName& tensors, TensorNaming naming)
    : tensors_(Renaming(tensors).run(naming == TensorNaming::kOpenAi ? openai_names() : hugging_face_names())) {}

std::optional<TensorView> RenamedTensors::find(std::string_view name) const {
  const auto at = tensors_.find(name);
  if (at == tensors_.end()) return std::nullopt;
  return at->second;
}

}  // namespace v2t::whisper
