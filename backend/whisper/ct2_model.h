// Reader of CTranslate2's model.bin, the format that faster-whisper's repositories hold: named tensors, as written by
// CTranslate2's model_spec.py (binary versions 1 to 6). Checked against the file before use; nothing is copied.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "whisper/tensor_source.h"

namespace v2t::whisper {

// Immutable; thread-safe. Layout of the file, little endian; a text is a uint16 length that counts its closing NUL:
//   uint32 version; [version >= 2: text spec name, uint32 spec revision]; uint32 n_variables;
//   per variable: text name, uint8 rank, uint32 extents[rank],
//                 version >= 4: uint8 type, uint32 n_bytes;  before: uint8 bytes per element, uint32 n_elements;
//                 the elements;
//   [version >= 3: uint32 n_aliases; per alias: text alias, text name of a variable].
class Ct2Model final : public TensorSource {
 public:
  // Maps the file. Errors: those of MappedFile::open, and kModelInvalid, which names the file, what is wrong, and the
  // remedy.
  static Result<std::shared_ptr<const Ct2Model>> open(const std::filesystem::path& path);
  // `bytes` must outlive the model; `name` stands in messages.
  static Result<std::shared_ptr<const Ct2Model>> parse(std::string name, std::span<const std::byte> bytes);

  std::optional<TensorView> find(std::string_view name) const override;
  size_t size() const { return tensors_.size(); }  // aliases included

 private:
  friend class Ct2Parser;
  std::shared_ptr<const MappedFile> file_;  // null when parse() was given the bytes
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace v2t::whisper
