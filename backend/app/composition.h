// Builds the object graph from the settings. Its source alone names concrete classes; here only seams show.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/services/keys.h"
#include "base/result.h"
#include "config.h"
#include "domain/audio.h"
#include "domain/model_library.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t {

// Where models are taken from: by name only (a server), or also from a folder of this machine (the terminal).
enum class ModelSource { kNames, kNamesAndFolders };

using WindowFactory = std::function<std::unique_ptr<WindowSource>(AudioSource&, const WindowsBegin&)>;

// What a loaded model with a full batch takes, by the size of its file of half-precision floats.
uint64_t memory_for_model(uint64_t file_bytes);

class Composition {
 public:
  explicit Composition(LoadedConfig loaded);

  const Config& config() const { return loaded_.config; }
  const LoadedConfig& loaded_config() const { return loaded_; }

  std::unique_ptr<MediaReader> make_media_reader() const;
  Result<std::unique_ptr<ModelLibrary>> make_model_library(ModelSource source) const;
  Result<std::unique_ptr<SpeechEngine>> load_engine(const ModelFiles& files, std::stop_token stop) const;
  // Writes a model as a file of whisper.cpp, its matrices as `type`: "f16", "q8_0", "q5_1" ...
  Result<void> convert_model(const ModelFiles& files, const std::string& type, const std::filesystem::path& out,
                             std::stop_token stop) const;
  // Loads the voice detector once; the factory is thread-safe and cuts an audio source, which must outlive its result.
  Result<WindowFactory> load_window_factory() const;

  // Gives the keys of the data folder to a function; also while a server uses the folder.
  Result<void> with_keys(const std::function<Result<void>(Keys&)>& function) const;

  // Serves until stopped: binds at once, loads models at first use. Prints the address on standard output.
  Result<void> serve(std::stop_token stop) const;

  // The instruction set in use and the number of threads: "avx512vnni, 2 threads".
  std::string processor() const;
  // The folder that outlives restarts, where one is set or mounted and can be written.
  const std::optional<std::filesystem::path>& bucket() const { return bucket_; }
  // Whether what is stored is lost at the next restart: a Hugging Face Space without a bucket.
  bool is_ephemeral() const;

 private:
  LoadedConfig loaded_;
  std::optional<std::filesystem::path> bucket_;
};

}  // namespace v2t
