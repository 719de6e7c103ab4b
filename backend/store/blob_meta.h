// The small file that describes a blob on disk.
#pragma once

#include <string>

#include "domain/blob_store.h"

namespace v2t::store {

// Owner, name, declared size and time of creation as JSON; the rest is known from the data file.
std::string blob_meta_to_json(const BlobInfo& info);
// kInternal for text that blob_meta_to_json did not write.
Result<BlobInfo> blob_meta_from_json(const BlobId& id, const std::string& text);

}  // namespace v2t::store
