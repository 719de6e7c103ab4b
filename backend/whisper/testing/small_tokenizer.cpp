// A tokenizer small enough to read, for tests.
#include "whisper/testing/small_tokenizer.h"

#include "base/text.h"
#include "whisper/utf8.h"

namespace v2t::whisper::testing {
namespace {

std::string entry(const std::string& name, int id) { return "\"" + escape_json(name) + "\":" + std::to_string(id); }

std::vector<std::string> byte_names() {
  std::vector<std::string> names;
  const auto add = [&](char32_t c) { append_utf8(names.emplace_back(), c); };
  for (char32_t c = 0x21; c <= 0x7E; ++c) add(c);
  for (char32_t c = 0xA1; c <= 0xFF; ++c)
    if (c != 0xAD) add(c);
  for (char32_t c = 0x100; names.size() < 256; ++c) add(c);
  return names;
}

std::vector<std::string> special_names() {
  return {"<|endoftext|>",   "<|startoftranscript|>", "<|en|>",           "<|ru|>",
          "<|ja|>",          "<|translate|>",         "<|transcribe|>",   "<|startoflm|>",
          "<|startofprev|>", "<|nospeech|>",          "<|notimestamps|>", "<|0.00|>"};
}

}  // namespace

std::string byte_entries() {
  std::string entries;
  int id = 0;
  for (const auto& name : byte_names()) {
    if (id > 0) entries += ",";
    entries += entry(name, id++);
  }
  return entries;
}

std::string small_tokenizer_json(const std::vector<std::string>& merges, MergeForm form) {
  std::string vocabulary = byte_entries();
  std::string merge_list;
  int id = 256;
  for (const auto& merge : merges) {
    const auto parts = split(merge, ' ');
    vocabulary += "," + entry(parts[0] + parts[1], id++);
    if (!merge_list.empty()) merge_list += ",";
    merge_list += form == MergeForm::kText ? "\"" + escape_json(merge) + "\""
                                           : "[\"" + escape_json(parts[0]) + "\",\"" + escape_json(parts[1]) + "\"]";
  }
  std::string added;
  for (const auto& name : special_names()) {
    if (!added.empty()) added += ",";
    added += "{\"id\":" + std::to_string(id++) + ",\"content\":\"" + name + "\",\"special\":true}";
  }
  return "{\"added_tokens\":[" + added + "],\"model\":{\"type\":\"BPE\",\"vocab\":{" + vocabulary + "},\"merges\":[" +
         merge_list + "]}}";
}

Tokenizer small_tokenizer(const std::vector<std::string>& merges) {
  return Tokenizer::parse(small_tokenizer_json(merges), kSmallVocabulary, "small").value();
}

}  // namespace v2t::whisper::testing
