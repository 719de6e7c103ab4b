// Whisper weights as the Hugging Face library saves them.
#include "whisper/safetensors_model.h"

#include "base/file.h"
#include "whisper/renamed_tensors.h"

namespace v2t::whisper {
namespace {

constexpr std::string_view kPrefix = "model.";  // absent in files saved without the language-model head

class SafetensorsModel final : public TensorSource {
 public:
  SafetensorsModel(std::vector<std::shared_ptr<const MappedFile>> files, const TensorsByName& tensors)
      : files_(std::move(files)), tensors_(tensors, TensorNaming::kHuggingFace) {}

  std::optional<TensorView> find(std::string_view name) const override { return tensors_.find(name); }

 private:
  std::vector<std::shared_ptr<const MappedFile>> files_;
  RenamedTensors tensors_;
};

}  // namespace

Result<std::shared_ptr<const TensorSource>> open_safetensors_model(const std::vector<std::filesystem::path>& files) {
  std::vector<std::shared_ptr<const MappedFile>> mapped;
  TensorsByName all;
  for (const auto& path : files) {
    TRY(auto file, MappedFile::open(path));
    auto tensors = parse_safetensors(file->bytes());
    if (!tensors)
      return fail(tensors.error().code, path.string() + ": " + tensors.error().message +
                                            "; delete the file and get the model again, or choose another");
    for (auto& [name, tensor] : *tensors)
      all.emplace(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name, std::move(tensor));
    mapped.push_back(std::move(file));
  }
  return std::make_shared<const SafetensorsModel>(std::move(mapped), all);
}

}  // namespace v2t::whisper
