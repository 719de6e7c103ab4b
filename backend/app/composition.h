// Builds the object graph from the settings. Its source alone names concrete classes; here only seams show.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "config.h"
#include "domain/audio.h"
#include "domain/model_library.h"
#include "domain/speech_engine.h"
#include "domain/window.h"

namespace v2t {

// Where models are taken from: by name only (a server), or also from a folder of this machine (the terminal).
enum class ModelSource { kNames, kNamesAndFolders };

// One finding of `doctor`.
struct Finding {
  enum class Kind { kFine, kWarning, kProblem };
  Kind kind = Kind::kFine;
  std::string text;  // what was looked at, what was found, what to do
};

class Composition {
 public:
  explicit Composition(LoadedConfig loaded);

  const Config& config() const { return loaded_.config; }
  const LoadedConfig& loaded_config() const { return loaded_; }

  std::unique_ptr<MediaReader> make_media_reader() const;
  std::unique_ptr<ModelLibrary> make_model_library(ModelSource source) const;
  Result<std::unique_ptr<SpeechEngine>> load_engine(const ModelFiles& files) const;
  // Cuts `audio`, which must outlive the result.
  Result<std::unique_ptr<WindowSource>> make_windows(AudioSource& audio) const;

  // Serves until stopped: binds at once, loads models at first use.
  Result<void> serve(std::stop_token stop) const;

  // Looks at everything that a start or a download needs.
  std::vector<Finding> diagnose(std::stop_token stop) const;

 private:
  LoadedConfig loaded_;
};

}  // namespace v2t
