// Packing of Whisper's tensors. Names are those of CTranslate2's converter (converters/transformers.py, WhisperLoader).
#include "whisper/weights.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <string>

#include "nn/attention.h"
#include "whisper/dimensions_check.h"
#include "whisper/tensor_rows.h"

namespace v2t::whisper {
namespace {

// 1 / sqrt(64), and log2(e) because our softmax is a power of two.
constexpr float kQueryScale = 0.125f * 1.44269504f;

// Fixed positions of the encoder, for files without them: Radford et al. 2022, section 2.2, as in openai/whisper.
void fill_sinusoids(std::span<float> positions, size_t n_state) {
  const size_t half = n_state / 2;
  const double step = std::log(10000.0) / static_cast<double>(half - 1);
  for (size_t i = 0; i < positions.size(); ++i) {
    const size_t column = i % n_state;
    const double angle = static_cast<double>(i / n_state) * std::exp(-step * static_cast<double>(column % half));
    positions[i] = static_cast<float>(column < half ? std::sin(angle) : std::cos(angle));
  }
}

// The projection is the embeddings where the file has no other: a model that unties them has its own tensor.
bool has_own_projection(const TensorSource& source) {
  const auto embeddings = source.find("decoder/embeddings/weight");
  const auto projection = source.find("decoder/projection/weight");
  const bool is_tied = !projection || (embeddings && projection->bytes.data() == embeddings->bytes.data());
  return !is_tied || source.find("decoder/projection/bias");
}

}  // namespace

// Hands out room for everything in one order, and packs into it unless it holds the packed weights already.
class WeightsLoader {
 public:
  enum class Content { kToPack, kThere };
  // Of the weights it touches only what it loads.
  WeightsLoader(const TensorSource& source, Weights& weights, nn::Arena& arena, Content content, std::stop_token stop)
      : source_(source),
        weights_(weights),
        arena_(arena),
        is_there_(content == Content::kThere),
        stop_(std::move(stop)),
        n_state_(static_cast<size_t>(weights.dimensions().n_state)),
        activations_(nn::tile_kernels(weights.instruction_set()).activations) {}

  Result<void> load_layers() {
    TRY_VOID(load_encoder());
    return load_decoder();
  }

  Result<void> load_vocabulary() {
    const auto n_vocabulary = static_cast<size_t>(weights_.dimensions().n_vocabulary);
    TRY(weights_.embeddings, matrix("decoder/embeddings/weight", n_vocabulary, n_state_, {}));
    weights_.projection = weights_.embeddings;
    if (!has_own_projection(source_)) return {};
    TRY(weights_.projection, linear("decoder/projection", n_vocabulary, n_state_));
    return {};
  }

 private:
  Result<std::span<float>> vector(const std::string& name, size_t size) {
    const std::span<float> room = arena_.allocate<float>(size);
    if (is_there_) return room;
    TRY(const std::vector<float> values, read_vector(source_, name, size));
    std::ranges::copy(values, room.begin());
    return room;
  }

  Result<LayerNormWeights> layer_norm(const std::string& name) {
    LayerNormWeights norm;
    TRY(norm.gain, vector(name + "/gamma", n_state_));
    TRY(norm.shift, vector(name + "/beta", n_state_));
    return norm;
  }

  Result<nn::Int8Weights> matrix(const std::string& name, size_t n_outputs, size_t n_inputs,
                                 std::span<const float> bias) {
    if (is_there_) return nn::allocate_int8(arena_, activations_, n_outputs, n_inputs);
    if (stop_.stop_requested()) return fail(ErrorCode::kCancelled, "the loading of the model was stopped");
    TRY(const TensorRows rows,
        TensorRows::open(source_, name, {static_cast<int64_t>(n_outputs), static_cast<int64_t>(n_inputs)}));
    if (rows.is_int8()) {
      const auto read = [&](size_t row, std::span<int8_t> out) { return rows.read_int8(row, out); };
      return nn::pack_int8_rows(arena_, activations_, n_outputs, n_inputs, read, bias);
    }
    const auto read = [&](size_t row, std::span<float> out) { rows.read(row, out); };
    return nn::pack_int8(arena_, activations_, n_outputs, n_inputs, read, bias);
  }

  // Converters leave out a bias that a layer has not.
  Result<nn::Int8Weights> linear(const std::string& name, size_t n_outputs, size_t n_inputs) {
    std::vector<float> bias;
    if (!is_there_ && source_.find(name + "/bias")) {
      TRY(bias, read_vector(source_, name + "/bias", n_outputs));
    }
    return matrix(name + "/weight", n_outputs, n_inputs, bias);
  }

  // Of width 3, as a product of rows [3 * n_channels], tap after tap.
  Result<nn::Int8Weights> convolution(const std::string& name, size_t n_channels) {
    if (is_there_) return nn::allocate_int8(arena_, activations_, n_state_, 3 * n_channels);
    TRY(const std::vector<float> bias, read_vector(source_, name + "/bias", n_state_));
    TRY(const TensorRows rows, TensorRows::open(source_, name + "/weight",
                                                {static_cast<int64_t>(n_state_), static_cast<int64_t>(n_channels), 3}));
    std::vector<float> file_row(3 * n_channels);  // [channel][tap]
    const auto read = [&](size_t output, std::span<float> row) {
      rows.read(output, file_row);
      for (size_t i = 0; i < row.size(); ++i) row[i] = file_row[i % n_channels * 3 + i / n_channels];
    };
    return nn::pack_int8(arena_, activations_, n_state_, 3 * n_channels, read, bias);
  }

  Result<std::span<float>> positions(const std::string& name, int n_positions) {
    const std::span<float> room = arena_.allocate<float>(static_cast<size_t>(n_positions) * n_state_);
    if (is_there_) return room;
    TRY(const TensorRows rows, TensorRows::open(source_, name, {n_positions, static_cast<int64_t>(n_state_)}));
    for (size_t row = 0; row < rows.n_rows(); ++row) rows.read(row, room.subspan(row * n_state_, n_state_));
    return room;
  }

  Result<std::span<float>> encoder_positions() {
    const std::string name = "encoder/position_encodings/encodings";
    const int n_positions = weights_.dimensions().n_audio_positions;
    if (is_there_ || source_.find(name)) return positions(name, n_positions);
    const std::span<float> computed = arena_.allocate<float>(static_cast<size_t>(n_positions) * n_state_);
    fill_sinusoids(computed, n_state_);
    return computed;
  }

  Result<SelfAttentionWeights> self_attention(const std::string& name) {
    SelfAttentionWeights attention;
    TRY(attention.norm, layer_norm(name + "/layer_norm"));
    TRY(attention.query_key_value, linear(name + "/linear_0", 3 * n_state_, n_state_));
    if (!is_there_) nn::scale_outputs(attention.query_key_value, 0, n_state_, kQueryScale);
    TRY(attention.out, linear(name + "/linear_1", n_state_, n_state_));
    return attention;
  }

  Result<CrossAttentionWeights> cross_attention(const std::string& name) {
    CrossAttentionWeights attention;
    TRY(attention.norm, layer_norm(name + "/layer_norm"));
    TRY(attention.query, linear(name + "/linear_0", n_state_, n_state_));
    if (!is_there_) nn::scale_outputs(attention.query, 0, n_state_, kQueryScale);
    TRY(attention.key_value, linear(name + "/linear_1", 2 * n_state_, n_state_));
    TRY(attention.out, linear(name + "/linear_2", n_state_, n_state_));
    return attention;
  }

  Result<FeedForwardWeights> feed_forward(const std::string& name) {
    FeedForwardWeights layers;
    TRY(layers.norm, layer_norm(name + "/layer_norm"));
    TRY(layers.in, linear(name + "/linear_0", 4 * n_state_, n_state_));
    TRY(layers.out, linear(name + "/linear_1", n_state_, 4 * n_state_));
    return layers;
  }

  Result<void> load_encoder() {
    TRY(weights_.conv1, convolution("encoder/conv1", static_cast<size_t>(weights_.dimensions().n_mels)));
    TRY(weights_.conv2, convolution("encoder/conv2", n_state_));
    TRY(weights_.encoder_positions, encoder_positions());
    for (int i = 0; i < weights_.dimensions().n_encoder_layers; ++i) {
      const std::string name = "encoder/layer_" + std::to_string(i);
      EncoderLayerWeights layer;
      TRY(layer.attention, self_attention(name + "/self_attention"));
      TRY(layer.feed_forward, feed_forward(name + "/ffn"));
      weights_.encoder_layers.push_back(layer);
    }
    TRY(weights_.encoder_norm, layer_norm("encoder/layer_norm"));
    return {};
  }

  Result<void> load_decoder() {
    TRY(weights_.decoder_positions,
        positions("decoder/position_encodings/encodings", weights_.dimensions().n_text_positions));
    for (int i = 0; i < weights_.dimensions().n_decoder_layers; ++i) {
      const std::string name = "decoder/layer_" + std::to_string(i);
      DecoderLayerWeights layer;
      TRY(layer.attention, self_attention(name + "/self_attention"));
      TRY(layer.cross, cross_attention(name + "/attention"));
      TRY(layer.feed_forward, feed_forward(name + "/ffn"));
      weights_.decoder_layers.push_back(layer);
    }
    TRY(weights_.decoder_norm, layer_norm("decoder/layer_norm"));
    return {};
  }

  const TensorSource& source_;
  Weights& weights_;
  nn::Arena& arena_;
  const bool is_there_;
  const std::stop_token stop_;
  const size_t n_state_;
  const nn::Activations activations_;
};

Result<std::shared_ptr<const Weights>> Weights::load(const TensorSource& source, const Dimensions& dimensions,
                                                     nn::InstructionSet instruction_set, std::stop_token stop) {
  TRY_VOID(check_dimensions(dimensions));
  std::shared_ptr<Weights> weights(new Weights(dimensions, instruction_set));
  constexpr auto kToPack = WeightsLoader::Content::kToPack;
  auto vocabulary = std::async(std::launch::async, [&] {  // about as long as the layers, of base
    return WeightsLoader(source, *weights, weights->vocabulary_arena_, kToPack, stop).load_vocabulary();
  });
  const auto layers = WeightsLoader(source, *weights, weights->arena_, kToPack, stop).load_layers();
  TRY_VOID(vocabulary.get());
  TRY_VOID(layers);
  return weights;
}

std::shared_ptr<const Weights> Weights::lay_over(std::span<const std::byte> packed, std::shared_ptr<const void> owner,
                                                 const TensorSource& source, const Dimensions& dimensions,
                                                 nn::InstructionSet instruction_set) {
  if (!check_dimensions(dimensions)) return nullptr;
  std::shared_ptr<Weights> weights(new Weights(dimensions, instruction_set));
  weights->owner_ = std::move(owner);
  weights->arena_ = nn::Arena(std::span(const_cast<std::byte*>(packed.data()), packed.size()));  // never written to
  WeightsLoader loader(source, *weights, weights->arena_, WeightsLoader::Content::kThere, {});
  CHECK(loader.load_layers() && loader.load_vocabulary());
  if (weights->arena_.size_bytes() != packed.size()) return nullptr;
  return weights;
}

std::vector<std::span<const std::byte>> Weights::packed() const {
  auto parts = arena_.content();
  for (const auto part : vocabulary_arena_.content()) parts.push_back(part);
  return parts;
}

}  // namespace v2t::whisper
