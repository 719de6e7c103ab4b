// Packed weights kept in a file, so that the next start maps them: nothing is read, packed or cleared.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "domain/model_library.h"
#include "whisper/weights.h"

namespace v2t::whisper {

// Such a file is one page of text and, after it, the parts of Weights::packed(). The page says what was packed and how:
// version of the packing, instruction set, dimensions; path, size, time and inode of each file of the model. It is
// never parsed: the weights are believed only where the page is, byte for byte, the one that is expected, and the rest
// has the size of such weights. So whatever the rest holds, nothing is read beyond it; wrong numbers make wrong text.
//
// Anybody may delete these files at any time.
class PackedFile {
 public:
  // To be raised with every change of the bytes or the order of packed weights: a test remembers them.
  static constexpr int kVersion = 2;

  // Of this model for this instruction set, in this folder. Nullopt when a file of the model is not there, or their
  // names are longer than the page.
  static std::optional<PackedFile> of(const std::filesystem::path& folder, const ModelFiles& files,
                                      const Dimensions& dimensions, nn::InstructionSet instruction_set);

  const std::filesystem::path& path() const { return path_; }
  // Null when there is no such file, or it holds something else.
  std::shared_ptr<const Weights> map(const TensorSource& source) const;
  // Makes the folder, writes the file, and deletes those of models that are gone. kDiskFull unless a gigabyte stays
  // free; kCancelled; kForbidden ...: nobody needs the file.
  Result<void> write(const Weights& weights, const std::stop_token& stop) const;

 private:
  PackedFile(std::filesystem::path path, std::string page, const Dimensions& dimensions,
             nn::InstructionSet instruction_set)
      : path_(std::move(path)), page_(std::move(page)), dimensions_(dimensions), instruction_set_(instruction_set) {}

  std::filesystem::path path_;
  std::string page_;
  Dimensions dimensions_;
  nn::InstructionSet instruction_set_;
};

}  // namespace v2t::whisper
