// JSON of model files: parsed with limits, errors as kModelInvalid that name the file.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace v2t::whisper {

tl::unexpected<Error> invalid_model(const std::string& name, const std::string& what);

// Where values parsed from this text go: one block for all of them, freed with the last.
boost::json::storage_ptr memory_for(std::string_view text);

// The text must be one JSON object.
Result<boost::json::object> parse_object(std::string_view text, const std::string& name);

// The member as whole numbers in [0, limit); empty when it is absent or null.
Result<std::vector<int>> read_integers(const boost::json::object& object, std::string_view key, int limit,
                                       const std::string& name);

}  // namespace v2t::whisper
