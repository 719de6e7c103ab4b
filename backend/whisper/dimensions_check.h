// Whether a model's dimensions can be those of a Whisper.
#pragma once

#include "base/result.h"
#include "whisper/forward.h"

namespace v2t::whisper {

// kModelInvalid names the first that cannot. Afterwards no product of dimensions overflows.
Result<void> check_dimensions(const Dimensions& dimensions);

}  // namespace v2t::whisper
