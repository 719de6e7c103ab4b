// The model library on the Hugging Face Hub and its cache.
#pragma once

#include <memory>

#include "base/result.h"
#include "domain/model_library.h"
#include "hub/hub_options.h"

namespace v2t::hub {

// What is complete in a cache folder is used as it is, without asking the network; everything else is downloaded.
// A model is looked for in FOLDER/local/NAME of every folder first, then in the hub's layout of every folder.
// kInvalidArgument for an endpoint or token that cannot be one.
Result<std::unique_ptr<ModelLibrary>> make_hub_model_library(HubOptions options);

}  // namespace v2t::hub
