// A difference of two texts, word by word (longest common subsequence), with times carried over.
#include "domain/word_times.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

// The smallest parts that are compared: what stands between spaces, or one character of a writing without them.
struct Atom {
  std::string_view text;
  size_t begin = 0;        // in the whole text
  bool has_space = false;  // before it
};

// Old atoms and words that belong together: one atom of several words ("well-known"), or one word of several atoms.
struct Unit {
  size_t first_atom = 0;
  size_t n_atoms = 0;
  size_t first_word = 0;
  size_t end_word = 0;
};

// Above this the table of the comparison is not made, and all between the common ends counts as changed.
constexpr size_t kMostCells = 4'000'000;
constexpr size_t kNone = std::numeric_limits<size_t>::max();

bool is_space(char32_t c) { return c <= 0x20 || c == 0xA0 || c == 0x3000; }

std::vector<Atom> atoms_of(std::string_view text) {
  std::vector<Atom> atoms;
  bool is_open = false;  // the last atom may grow
  bool has_space = false;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = first_code_point(text.substr(at));
    const bool is_alone = is_written_without_spaces(c.value);
    if (is_space(c.value)) {
      is_open = false;
      has_space = true;
    } else if (is_open && !is_alone) {
      atoms.back().text = text.substr(atoms.back().begin, at + c.size_bytes - atoms.back().begin);
    } else {
      atoms.push_back({text.substr(at, c.size_bytes), at, has_space});
      has_space = false;
      is_open = !is_alone;
    }
    at += c.size_bytes;
  }
  return atoms;
}

// `word_of`: of each byte of the old text.
std::vector<Unit> units_of(const std::vector<Atom>& atoms, const std::vector<size_t>& word_of) {
  std::vector<Unit> units;
  for (size_t i = 0; i < atoms.size(); ++i) {
    const size_t first_word = word_of[atoms[i].begin];
    const size_t end_word = word_of[atoms[i].begin + atoms[i].text.size() - 1] + 1;
    if (units.empty() || first_word >= units.back().end_word) units.push_back({i, 0, first_word, 0});
    ++units.back().n_atoms;
    units.back().end_word = end_word;
  }
  return units;
}

// For each new atom the old one that it is, in order.
std::vector<size_t> match(const std::vector<Atom>& before, const std::vector<Atom>& after) {
  std::vector<size_t> matches(after.size(), kNone);
  size_t begin = 0;
  while (begin < before.size() && begin < after.size() && before[begin].text == after[begin].text) {
    matches[begin] = begin;
    ++begin;
  }
  size_t old_end = before.size();
  size_t new_end = after.size();
  while (old_end > begin && new_end > begin && before[old_end - 1].text == after[new_end - 1].text)
    matches[--new_end] = --old_end;
  const size_t rows = old_end - begin;
  const size_t columns = new_end - begin;
  if (rows == 0 || columns == 0 || rows * columns > kMostCells) return matches;
  // lengths(i, j): of the longest common subsequence of the rests from i and j.
  std::vector<uint32_t> table((rows + 1) * (columns + 1));
  const auto lengths = [&](size_t i, size_t j) -> uint32_t& { return table[i * (columns + 1) + j]; };
  for (size_t i = rows; i-- > 0;)
    for (size_t j = columns; j-- > 0;)
      lengths(i, j) = before[begin + i].text == after[begin + j].text ? lengths(i + 1, j + 1) + 1
                                                                      : std::max(lengths(i + 1, j), lengths(i, j + 1));
  for (size_t i = 0, j = 0; i < rows && j < columns;) {
    if (before[begin + i].text == after[begin + j].text)
      matches[begin + j++] = begin + i++;
    else if (lengths(i + 1, j) >= lengths(i, j + 1))
      ++i;
    else
      ++j;
  }
  return matches;
}

class Retiming {
 public:
  Retiming(const std::vector<Word>& before, std::string_view text, TimeSpan span) : before_(before), span_(span) {
    for (size_t word = 0; word < before.size(); ++word) {
      old_text_ += before[word].text;
      word_of_.resize(old_text_.size(), word);
    }
    old_ = atoms_of(old_text_);
    new_ = atoms_of(text);
    units_ = units_of(old_, word_of_);
    matches_ = match(old_, new_);
  }

  std::vector<Word> run() {
    for (size_t at = 0, unit = 0; at < new_.size(); ++at) {
      if (matches_[at] == kNone) continue;
      while (unit < units_.size() && units_[unit].first_atom < matches_[at]) ++unit;
      if (unit == units_.size() || !is_kept(units_[unit], at)) continue;
      add_new_words(unit, at);
      add_kept_words(unit, at);
      at += units_[unit].n_atoms - 1;
    }
    add_new_words(units_.size(), new_.size());
    return std::move(words_);
  }

 private:
  // Whether all of the unit stands at the new atom `at`.
  bool is_kept(const Unit& unit, size_t at) const {
    if (at + unit.n_atoms > new_.size()) return false;
    for (size_t i = 0; i < unit.n_atoms; ++i)
      if (matches_[at + i] != unit.first_atom + i) return false;
    return true;
  }

  void add_kept_words(size_t number, size_t at) {
    const Unit& unit = units_[number];
    for (size_t i = unit.first_word; i < unit.end_word; ++i) {
      Word word = before_[i];
      // The spaces are those of the new text.
      if (i == unit.first_word) word.text = space_before(at) + std::string(trim(word.text));
      words_.push_back(std::move(word));
    }
    next_unit_ = number + 1;
    next_new_ = at + unit.n_atoms;
  }

  // The text between the last kept unit and the atom `end`, in place of the old units up to `end_unit`.
  void add_new_words(size_t end_unit, size_t end) {
    const size_t begin = next_new_;
    const bool is_one_to_one = end_unit - next_unit_ == end - begin;
    const TimeSpan gap = gap_before(end_unit);
    const Millis whole = gap.end - gap.start;
    int64_t total = 0;
    for (size_t i = begin; i < end; ++i) total += length(i);
    int64_t sum = 0;
    for (size_t i = begin; i < end; ++i) {
      Word word{gap.start + whole * sum / total, {}, space_before(i) + std::string(new_[i].text), 1.0F, true};
      sum += length(i);
      word.end = gap.start + whole * sum / total;
      if (is_one_to_one) {
        word.start = span_of(units_[next_unit_ + i - begin]).start;
        word.end = span_of(units_[next_unit_ + i - begin]).end;
      }
      words_.push_back(std::move(word));
    }
  }

  int64_t length(size_t atom) const { return static_cast<int64_t>(utf8_length(new_[atom].text)); }

  TimeSpan span_of(const Unit& unit) const { return {before_[unit.first_word].start, before_[unit.end_word - 1].end}; }

  TimeSpan gap_before(size_t end_unit) const {
    if (next_unit_ < end_unit) return {span_of(units_[next_unit_]).start, span_of(units_[end_unit - 1]).end};
    const Millis start = next_unit_ > 0 ? span_of(units_[next_unit_ - 1]).end : span_.start;
    const Millis end = end_unit < units_.size() ? span_of(units_[end_unit]).start : span_.end;
    return {start, std::max(start, end)};
  }

  // The first word has a space where the first old one had one.
  std::string space_before(size_t atom) const {
    const bool has_space = atom == 0 ? old_text_.starts_with(' ') : new_[atom].has_space;
    return has_space ? " " : "";
  }

  const std::vector<Word>& before_;
  const TimeSpan span_;
  std::string old_text_;
  std::vector<size_t> word_of_;  // of each byte of old_text_
  std::vector<Atom> old_;
  std::vector<Atom> new_;
  std::vector<Unit> units_;      // of old_
  std::vector<size_t> matches_;  // of new_ in old_
  std::vector<Word> words_;
  size_t next_unit_ = 0;  // units before it are kept or gone
  size_t next_new_ = 0;   // new atoms before it are in words_
};

}  // namespace

std::vector<Word> retimed_words(const std::vector<Word>& before, std::string_view text, TimeSpan span) {
  return Retiming(before, text, span).run();
}

}  // namespace v2t
