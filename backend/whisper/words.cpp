// Words with times and probabilities.
#include "whisper/words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "base/text.h"
#include "domain/script.h"
#include "whisper/mel.h"
#include "whisper/word_split.h"

namespace v2t::whisper {
namespace {

constexpr std::array<std::string_view, 7> kOpening{"\"", "'", "“", "¿", "(", "[", "{"};
constexpr std::array<std::string_view, 22> kClosing{"\"", "'", ".", "。", ",", "，", "!", "！", "?", "？", ":",
                                                    "：", "”", ")", "]",  "}", "、", ";", "…",  "’", "»",  "%"};
constexpr std::array<std::string_view, 9> kSentenceEnds{".", "。", "!", "！", "?", "？", "…", "।", "؟"};
constexpr Samples kLongestMedian{kSampleRateHz * 7 / 10};
constexpr Samples kLongestFirst{kSampleRateHz * 4 / 10};
constexpr Samples kLongestInside{kSampleRateHz};

template <size_t n>
bool is_one_of(const std::array<std::string_view, n>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// ".", "..", "?!": closing signs only.
bool is_closing(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const auto sign = std::find_if(kClosing.begin(), kClosing.end(), [&](auto s) { return text.starts_with(s); });
    if (sign == kClosing.end()) return false;
    text.remove_prefix(sign->size());
  }
  return true;
}

struct TextTokens {
  std::vector<int> tokens;
  std::vector<float> log_probabilities;
  std::vector<size_t> rows;  // that predicted them
};

TextTokens text_tokens(const Tokenizer& tokenizer, const Prompt& prompt, const Decoded& decoded) {
  TextTokens out;
  for (size_t i = 0; i < decoded.tokens.size(); ++i) {
    if (!tokenizer.is_text(decoded.tokens[i])) continue;
    out.tokens.push_back(decoded.tokens[i]);
    out.log_probabilities.push_back(decoded.log_probabilities[i]);
    out.rows.push_back(prompt.tokens.size() - 1 + i);
  }
  return out;
}

Samples at_position(int position) { return Samples(int64_t{position} * kSamplesPerPosition); }

Samples duration(const TimedWord& word) { return word.end - word.start; }

}  // namespace

std::vector<TimedWord> time_words(const Tokenizer& tokenizer, std::string_view language, const Prompt& prompt,
                                  const Decoded& decoded, const AttentionView& attention) {
  auto text = text_tokens(tokenizer, prompt, decoded);
  if (text.tokens.empty()) return {};
  // The row after the last token, where the end was predicted, tells when the last word ends.
  auto rows = text.rows;
  const size_t after = rows.back() + 1;
  if (after < attention.n_rows) rows.push_back(after);
  auto starts = align_tokens(attention, prompt.start_of_transcript, rows);
  if (starts.size() == text.tokens.size()) starts.push_back(static_cast<int>(attention.n_audio_positions));
  std::vector<TimedWord> words;
  size_t at = 0;
  for (auto& split : split_words(tokenizer, text.tokens, language)) {
    auto& word = words.emplace_back(TimedWord{std::move(split.text)});
    const size_t end = at + split.n_tokens;
    for (size_t i = at; i < end; ++i) {
      word.tokens.push_back(text.tokens[i]);
      word.lowest_log_probability = std::min(word.lowest_log_probability, text.log_probabilities[i]);
      word.token_log_probabilities.push_back(text.log_probabilities[i]);
      word.log_probability += text.log_probabilities[i] / static_cast<float>(split.n_tokens);
    }
    word.start = at_position(starts[at]);
    word.end = at_position(starts[end]);
    at = end;
  }
  shorten_long_words(words);
  merge_punctuation(words);
  return words;
}

void merge_punctuation(std::vector<TimedWord>& words) {
  const auto join = [](TimedWord& left, const TimedWord& right) {
    const auto n_left = static_cast<float>(left.tokens.size());
    const auto n_right = static_cast<float>(right.tokens.size());
    left.log_probability = (left.log_probability * n_left + right.log_probability * n_right) / (n_left + n_right);
    if (is_closing(trim(left.text))) left.lowest_log_probability = right.lowest_log_probability;
    left.text += right.text;
    left.tokens.insert(left.tokens.end(), right.tokens.begin(), right.tokens.end());
    left.token_log_probabilities.insert(left.token_log_probabilities.end(), right.token_log_probabilities.begin(),
                                        right.token_log_probabilities.end());
  };
  std::vector<TimedWord> out;
  for (auto& word : words) {
    const bool opens_before = !out.empty() && out.back().text.starts_with(' ') &&
                              is_one_of(kOpening, trim(out.back().text)) && !word.text.starts_with(' ');
    if (opens_before) {
      join(out.back(), word);
      out.back().start = word.start;
      out.back().end = word.end;
    } else if (!out.empty() && is_closing(word.text)) {
      join(out.back(), word);
    } else {
      out.push_back(std::move(word));
    }
  }
  words = std::move(out);
}

void shorten_long_words(std::vector<TimedWord>& words) {
  std::vector<Samples> durations;
  for (const auto& word : words)
    if (duration(word) > Samples(0)) durations.push_back(duration(word));
  if (durations.empty()) return;
  const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
  std::nth_element(durations.begin(), middle, durations.end());
  const Samples usual = 2 * std::min(*middle, kLongestMedian);
  for (size_t i = 0; i < words.size(); ++i) {
    const bool begins = i == 0 || is_one_of(kSentenceEnds, trim(words[i - 1].text));
    const Samples longest = std::max(usual, begins ? kLongestFirst : kLongestInside);
    if (duration(words[i]) <= longest) continue;
    // What makes a sentence's first word long is the silence before it; others, the silence after them.
    if (begins)
      words[i].start = words[i].end - longest;
    else
      words[i].end = words[i].start + longest;
  }
}

namespace {

constexpr Samples kMargin{kSampleRateHz / 10};  // words begin and end softly
constexpr Samples kLeastPause{kSampleRateHz / 5};
constexpr Samples kLeastPart{kSampleRateHz * 8 / 100};
constexpr Samples kOnsetError{kSampleRateHz / 2};  // how far a first word's start is pulled to the onset of speech

bool ends_clause_or_sentence(std::string_view text) {
  const char32_t last = last_before_closing_marks(text);
  return ends_sentence(last) || ends_clause(last);
}

// A word does not last over a pause. The path of the alignment leaves a word while nothing is said, so the time that
// lies before the pause is the next word's by mistake: unless next to nothing of it lies after.
void take_a_side(TimedWord& word, bool begins, const SpeechSpan& left, const SpeechSpan& right) {
  if (right.start - left.end < kLeastPause || word.start >= left.end || word.end <= right.start) return;
  const bool is_after = begins || word.end - right.start >= kLeastPart;
  if (is_after)
    word.start = right.start;
  else
    word.end = left.end;
}

// Both edges moved into the pause's ends that are nearer.
void move_out_of_pause(TimedWord& word, const SpeechSpan* before, const SpeechSpan* after) {
  const bool is_nearer_before =
      before != nullptr && (after == nullptr || word.start - before->end < after->start - word.end);
  if (is_nearer_before) {
    word.start = std::min(word.start, before->end);
    word.end = std::min(word.end, before->end + kMargin);
  } else if (after != nullptr) {
    word.start = std::max(word.start, after->start - kMargin);
    word.end = std::max(word.end, after->start);
  }
}

}  // namespace

void fit_to_speech(std::vector<TimedWord>& words, std::span<const SpeechSpan> speech) {
  if (speech.empty()) return;
  Samples last_end{std::numeric_limits<int64_t>::min() / 2};
  size_t next = 0;     // the first span that ends after the word begins
  bool begins = true;  // a sentence or clause
  for (auto& word : words) {
    for (size_t i = 0; i + 1 < speech.size(); ++i) take_a_side(word, begins, speech[i], speech[i + 1]);
    begins = ends_clause_or_sentence(word.text);
    while (next < speech.size() && speech[next].end <= word.start) ++next;
    const SpeechSpan* before = next > 0 ? &speech[next - 1] : nullptr;
    const SpeechSpan* after = next < speech.size() ? &speech[next] : nullptr;
    if (after == nullptr || word.end <= after->start) {
      move_out_of_pause(word, before, after);
    } else {
      const bool is_first = last_end <= after->start;  // nothing is said before it in this span
      if (word.start < after->start - kMargin || (is_first && word.start - after->start <= kOnsetError))
        word.start = after->start;
      // The last span that the word reaches into, beyond its margin.
      size_t last = next;
      while (last + 1 < speech.size() && speech[last + 1].start < word.end) ++last;
      word.end = std::min(word.end, speech[last].end + kMargin);
    }
    word.start = std::max(word.start, last_end);
    word.end = std::max(word.end, word.start);
    last_end = word.end;
  }
}

void fit_between(std::vector<TimedWord>& words, std::span<const TimedWord> others) {
  for (auto& word : words) {
    const Samples middle = word.start + (word.end - word.start) / 2;
    for (const auto& other : others) {
      if (other.start <= middle) word.start = std::max(word.start, other.end);
      if (other.start > middle) word.end = std::min(word.end, other.start);
    }
    word.end = std::max(word.end, word.start);
  }
}

}  // namespace v2t::whisper
