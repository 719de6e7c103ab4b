// A transcript as a Word document.
#pragma once

#include <string>

#include "app/services/exports.h"

namespace v2t {

// Title, then the text as the layout says, in the transcript's language and direction (ECMA-376, WordprocessingML).
std::string write_docx(const Transcript& transcript, TextLayout layout);

}  // namespace v2t
