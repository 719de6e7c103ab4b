// What OpenAI's Whisper has fixed outside of its files.
#include "whisper/openai_vocabulary.h"

#include <algorithm>
#include <array>
#include <set>

#include "whisper/json_reading.h"
#include "whisper/tokenizer_builder.h"

namespace v2t::whisper {
namespace {

constexpr int kEnglishVocabulary = 51864;
constexpr int kLargestVocabulary = 51866;
constexpr int kEnglishText = 50256;  // tokens of text
constexpr int kMultilingualText = 50257;
constexpr int kOtherTokens = 1509;  // neither text nor languages: 8 special ones and 1501 timestamps

constexpr std::array kLanguages{
    "en", "zh", "de", "es", "ru", "ko", "fr", "ja", "pt",  "tr", "pl", "ca", "nl", "ar", "sv", "it", "id",
    "hi", "fi", "vi", "he", "uk", "el", "ms", "cs", "ro",  "da", "hu", "ta", "no", "th", "ur", "hr", "bg",
    "lt", "la", "mi", "ml", "cy", "sk", "te", "fa", "lv",  "bn", "sr", "az", "sl", "kn", "et", "mk", "br",
    "eu", "is", "hy", "ne", "mn", "bs", "kk", "sq", "sw",  "gl", "mr", "pa", "si", "km", "sn", "yo", "so",
    "af", "oc", "ka", "be", "tg", "sd", "gu", "am", "yi",  "lo", "uz", "fo", "ht", "ps", "tk", "nn", "mt",
    "sa", "lb", "my", "bo", "tl", "mg", "as", "tt", "haw", "ln", "ha", "ba", "jw", "su", "yue"};

Result<void> add_special_tokens(TokenizerBuilder& builder, int n_vocabulary) {
  int id = n_vocabulary == kEnglishVocabulary ? kEnglishText : kMultilingualText;
  const auto n_languages = static_cast<size_t>(n_vocabulary - id - kOtherTokens);
  for (const char* name : {"<|endoftext|>", "<|startoftranscript|>"}) TRY_VOID(builder.add_special(name, id++));
  for (size_t i = 0; i < n_languages; ++i)
    TRY_VOID(builder.add_special("<|" + std::string(kLanguages[i]) + "|>", id++));
  for (const char* name : {"<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>",
                           "<|notimestamps|>", "<|0.00|>"})
    TRY_VOID(builder.add_special(name, id++));
  return {};
}

struct KnownHeads {
  int n_state;
  int n_decoder_layers;
  int n_vocabulary;
  std::vector<AlignmentHead> heads;
};

const std::vector<KnownHeads>& known_heads() {
  static const std::vector<KnownHeads> kKnown{
      {384, 4, 51864, {{1, 0}, {2, 0}, {2, 5}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}}},
      {384, 4, 51865, {{2, 2}, {3, 0}, {3, 2}, {3, 3}, {3, 4}, {3, 5}}},
      {512, 6, 51864, {{3, 3}, {4, 7}, {5, 1}, {5, 5}, {5, 7}}},
      {512, 6, 51865, {{3, 1}, {4, 2}, {4, 3}, {4, 7}, {5, 1}, {5, 2}, {5, 4}, {5, 6}}},
      {768,
       12,
       51864,
       {{6, 6},
        {7, 0},
        {7, 3},
        {7, 8},
        {8, 2},
        {8, 5},
        {8, 7},
        {9, 0},
        {9, 4},
        {9, 8},
        {9, 10},
        {10, 0},
        {10, 1},
        {10, 2},
        {10, 3},
        {10, 6},
        {10, 11},
        {11, 2},
        {11, 4}}},
      {768, 12, 51865, {{5, 3}, {5, 9}, {8, 0}, {8, 4}, {8, 7}, {8, 8}, {9, 0}, {9, 7}, {9, 9}, {10, 5}}},
      {1024,
       24,
       51864,
       {{11, 4},
        {14, 1},
        {14, 12},
        {14, 14},
        {15, 4},
        {16, 0},
        {16, 4},
        {16, 9},
        {17, 12},
        {17, 14},
        {18, 7},
        {18, 10},
        {18, 15},
        {20, 0},
        {20, 3},
        {20, 9},
        {20, 14},
        {21, 12}}},
      {1024, 24, 51865, {{13, 15}, {15, 4}, {15, 15}, {16, 1}, {20, 0}, {23, 4}}},
      {1280, 32, 51865, {{10, 12}, {13, 17}, {16, 11}, {16, 12}, {16, 13}, {17, 15}, {17, 16}, {18, 4},
                         {18, 11}, {18, 19}, {19, 11}, {21, 2},  {21, 3},  {22, 3},  {22, 9},  {22, 12},
                         {23, 5},  {23, 7},  {23, 13}, {25, 5},  {26, 1},  {26, 12}, {27, 15}}},
      {1280, 32, 51866, {{7, 0}, {10, 17}, {12, 18}, {13, 12}, {16, 1}, {17, 14}, {19, 11}, {21, 4}, {24, 1}, {25, 6}}},
      {1280, 4, 51866, {{2, 4}, {2, 11}, {3, 3}, {3, 6}, {3, 11}, {3, 14}}}};
  return kKnown;
}

}  // namespace

Result<Tokenizer> openai_tokenizer(const std::vector<std::string>& text_tokens, int n_vocabulary,
                                   const std::string& name) {
  if (n_vocabulary < kEnglishVocabulary || n_vocabulary > kLargestVocabulary)
    return invalid_model(name, "it has " + std::to_string(n_vocabulary) + " tokens, which no Whisper of OpenAI has");
  TokenizerBuilder builder(n_vocabulary, text_tokens.size(), name);
  // Some English-only files list the end of text after the text.
  const int n_text = n_vocabulary == kEnglishVocabulary ? kEnglishText : kMultilingualText;
  for (size_t id = 0; id < text_tokens.size() && id < static_cast<size_t>(n_text); ++id)
    if (!text_tokens[id].empty()) TRY_VOID(builder.add_text(name_of_bytes(text_tokens[id]), static_cast<int>(id)));
  TRY_VOID(builder.find_byte_tokens());
  builder.derive_merges();
  TRY_VOID(add_special_tokens(builder, n_vocabulary));
  return builder.finish();
}

std::vector<int> default_suppressed_tokens(const Tokenizer& tokenizer) {
  std::set<int> out{tokenizer.encode(" -").front(), tokenizer.encode(" '").front()};
  const auto add = [&](const std::string& sign, size_t most_tokens) {
    for (const std::string& text : {sign, " " + sign}) {
      const auto tokens = tokenizer.encode(text);
      if (tokens.size() <= most_tokens) out.insert(tokens.front());
    }
  };
  for (const char* sign :
       {"\"",  "#",  "(",  ")",  "*",   "+",  "/",  ":",   ";",   "<",  "=",  ">",  "@",  "[",   "\\",  "]",
        "^",   "_",  "`",  "{",  "|",   "}",  "~",  "「",  "」",  "『", "』", "<<", ">>", "<<<", ">>>", "--",
        "---", "-(", "-[", "('", "(\"", "((", "))", "(((", ")))", "[[", "]]", "{{", "}}", "♪♪",  "♪♪♪"})
    add(sign, 1);
  for (const char* note : {"♩", "♪", "♫", "♬", "♭", "♮", "♯"}) add(note, SIZE_MAX);
  const auto& special = tokenizer.special();
  out.insert({special.start_of_transcript, special.translate, special.transcribe, special.start_of_lm,
              special.start_of_previous, special.no_speech});
  return {out.begin(), out.end()};
}

std::vector<int> default_suppressed_at_begin(const Tokenizer& tokenizer) {
  std::vector<int> out = tokenizer.encode(" ");
  out.push_back(tokenizer.special().end_of_text);
  return out;
}

std::vector<AlignmentHead> default_alignment_heads(const Dimensions& d) {
  for (const KnownHeads& known : known_heads())
    if (known.n_state == d.n_state && known.n_decoder_layers == d.n_decoder_layers &&
        known.n_vocabulary == d.n_vocabulary)
      return known.heads;
  std::vector<AlignmentHead> heads;
  for (int layer = d.n_decoder_layers / 2; layer < d.n_decoder_layers; ++layer)
    for (int head = 0; head < d.n_heads; ++head) heads.push_back({layer, head});
  return heads;
}

}  // namespace v2t::whisper
