// A weights file of the Silero network's form with made-up numbers.
#include "speech/testing/silero_weights.h"

#include <cmath>
#include <cstring>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "tensors/testing/safetensors_file.h"

namespace v2t::speech {
namespace {

std::vector<float> transform() {
  std::vector<float> rows;
  for (int row = 0; row < 258; ++row)
    for (int n = 0; n < 256; ++n) {
      const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * n / 256);
      const double angle = 2 * std::numbers::pi * (row % 129) * n / 256;
      rows.push_back(static_cast<float>(window * (row < 129 ? std::cos(angle) : -std::sin(angle))));
    }
  return rows;
}

std::string as_text(const std::vector<float>& values) {
  std::string text(values.size() * sizeof(float), '\0');
  std::memcpy(text.data(), values.data(), text.size());
  return text;
}

}  // namespace

std::string silero_weights_file() {
  const std::vector<std::pair<std::string, std::vector<size_t>>> tensors{
      {"conv1.weight", {128, 129, 3}},     {"conv1.bias", {128}},
      {"conv2.weight", {64, 128, 3}},      {"conv2.bias", {64}},
      {"conv3.weight", {64, 64, 3}},       {"conv3.bias", {64}},
      {"conv4.weight", {128, 64, 3}},      {"conv4.bias", {128}},
      {"lstm_cell.weight_ih", {512, 128}}, {"lstm_cell.weight_hh", {512, 128}},
      {"lstm_cell.bias_ih", {512}},        {"lstm_cell.bias_hh", {512}},
      {"final_conv.weight", {1, 128, 1}},  {"final_conv.bias", {1}}};
  std::mt19937 random(7);
  std::string data = as_text(transform());
  std::string header = R"({"stft_conv.weight":{"dtype":"F32","shape":[258,1,256],"data_offsets":[0,)" +
                       std::to_string(data.size()) + "]}";
  for (const auto& [name, shape] : tensors) {
    size_t count = 1;
    std::string dimensions;
    for (const size_t n : shape) {
      count *= n;
      dimensions += (dimensions.empty() ? "" : ",") + std::to_string(n);
    }
    std::vector<float> values(count);
    for (float& value : values) value = (static_cast<float>(random() % 2001) - 1000.0F) / 10000.0F;
    const size_t begin = data.size();
    data += as_text(values);
    header += ",\"" + name + R"(":{"dtype":"F32","shape":[)" + dimensions + R"(],"data_offsets":[)" +
              std::to_string(begin) + "," + std::to_string(data.size()) + "]}";
  }
  return testing::safetensors_file(header + "}", data);
}

}  // namespace v2t::speech
