// Subtitles: the words of each stretch without a long pause are cut into cues at the least total cost, found by
// dynamic programming over the places where a break is allowed.
#include "domain/subtitles.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/text.h"
#include "domain/script.h"

namespace v2t {
namespace {

// What must not be broken: a word with the punctuation and word parts that are written on to it.
struct Atom {
  Millis start{};
  Millis end{};
  std::string text;  // trimmed
  bool has_space_before = false;
  bool ends_segment = false;
  size_t columns = 0;
};

constexpr int kCostOfCue = 3;             // fewer cues are calmer
constexpr int kCostOfSentenceInside = 1;  // but a cue should rather end where a sentence does
constexpr int kCostOfShortCue = 4;
constexpr int kCostAfterClause = 2;
constexpr int kCostAfterPlainWord = 8;

bool sticks_to_previous(const Atom& previous, const Atom& atom) {
  if (atom.has_space_before || previous.ends_segment) return false;
  const char32_t first = first_code_point(atom.text).value;
  if (ends_sentence(first) || ends_clause(first) || is_closing_mark(first)) return true;
  return !is_written_without_spaces(first) && !is_written_without_spaces(last_code_point(previous.text).value);
}

// Time within [start, end] at part/whole of the way.
Millis share(Millis start, Millis end, size_t part, size_t whole) {
  return start + (end - start) * static_cast<int64_t>(part) / static_cast<int64_t>(std::max<size_t>(whole, 1));
}

// Pieces of the text of at most this many columns; each takes its share of the time.
void append_pieces(std::vector<Atom>& atoms, const Atom& atom, size_t columns) {
  const size_t whole = display_columns(atom.text);
  size_t before = 0;
  for (std::string_view rest = atom.text; !rest.empty();) {
    size_t size = 0;
    size_t width = 0;
    while (size < rest.size()) {
      const size_t next = first_code_point(rest.substr(size)).size_bytes;
      const size_t next_width = display_columns(rest.substr(size, next));
      if (size > 0 && width + next_width > columns) break;
      size += next;
      width += next_width;
    }
    Atom piece{share(atom.start, atom.end, before, whole), share(atom.start, atom.end, before + width, whole),
               std::string(rest.substr(0, size)), before == 0 && atom.has_space_before};
    piece.columns = width;
    atoms.push_back(std::move(piece));
    before += width;
    rest.remove_prefix(std::min(size, rest.size()));
  }
}

// A segment's words; without word times its text, cut at spaces (or characters, where none are written).
std::vector<Word> words_of(const Segment& segment) {
  if (!segment.words.empty()) return segment.words;
  std::vector<Word> words;
  const std::string text = to_valid_utf8(segment.text);
  const size_t whole = display_columns(text);
  size_t before = 0;
  for (std::string_view rest = text; !rest.empty();) {
    size_t size = first_code_point(rest).size_bytes;
    while (size < rest.size() && rest[size] != ' ' &&
           !is_written_without_spaces(first_code_point(rest.substr(size)).value))
      size += first_code_point(rest.substr(size)).size_bytes;
    const size_t width = display_columns(rest.substr(0, size));
    words.push_back({share(segment.start, segment.end, before, whole),
                     share(segment.start, segment.end, before + width, whole), std::string(rest.substr(0, size)), 0});
    before += width;
    rest.remove_prefix(std::min(size, rest.size()));
  }
  return words;
}

std::string without_control_characters(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

void append_atom(std::vector<Atom>& atoms, const Word& word, size_t columns) {
  const std::string text = without_control_characters(to_valid_utf8(word.text));
  Atom atom{word.start, std::max(word.start, word.end), std::string(trim(text)), text.starts_with(' ')};
  if (atom.text.empty()) return;
  if (!atoms.empty() && atoms.back().ends_segment) atom.has_space_before = !joint(atoms.back().text, atom.text).empty();
  atom.columns = display_columns(atom.text);
  const bool sticks = !atoms.empty() && sticks_to_previous(atoms.back(), atom);
  if (sticks && atoms.back().columns + atom.columns <= columns) {
    atoms.back().text += atom.text;
    atoms.back().columns += atom.columns;
    atoms.back().end = std::max(atoms.back().end, atom.end);
  } else if (atom.columns > columns) {
    append_pieces(atoms, atom, columns);
  } else {
    atoms.push_back(std::move(atom));
  }
}

std::vector<Atom> atoms_of(std::span<const Segment> segments, const SubtitleRules& rules) {
  std::vector<Atom> atoms;
  for (const auto& segment : segments) {
    for (const auto& word : words_of(segment)) append_atom(atoms, word, rules.line_columns);
    if (!atoms.empty()) atoms.back().ends_segment = true;
  }
  return atoms;
}

// Cuts one stretch of atoms into cues.
class Shaper {
 public:
  Shaper(std::span<const Atom> atoms, const SubtitleRules& rules) : atoms_(atoms), rules_(rules), upto_{0} {
    for (const auto& atom : atoms) upto_.push_back(upto_.back() + atom.columns + (atom.has_space_before ? 1 : 0));
  }

  void append_cues(std::vector<SubtitleCue>& cues) const {
    const size_t n = atoms_.size();
    std::vector<int> least(n + 1, std::numeric_limits<int>::max());
    std::vector<size_t> from(n + 1, 0);
    least[0] = 0;
    for (size_t begin = 0; begin < n; ++begin) {
      int sentences_inside = 0;
      for (size_t end = begin + 1; end <= n && (end == begin + 1 || fits(begin, end)); ++end) {
        const int cost = least[begin] + cost_of_cue(begin, end) + kCostOfSentenceInside * sentences_inside;
        if (cost < least[end]) {
          least[end] = cost;
          from[end] = begin;
        }
        sentences_inside += break_cost(end) == 0;
      }
    }
    std::vector<size_t> ends;
    for (size_t end = n; end > 0; end = from[end]) ends.push_back(end);
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) cues.push_back(make_cue(from[*end], *end));
  }

 private:
  size_t columns(size_t begin, size_t end) const {
    return upto_[end] - upto_[begin] - (atoms_[begin].has_space_before ? 1 : 0);
  }

  bool fits(size_t begin, size_t end) const {
    if (atoms_[end - 1].end - atoms_[begin].start > rules_.longest) return false;
    if (columns(begin, end) <= rules_.line_columns) return true;
    for (size_t middle = begin + 1; middle < end && columns(begin, middle) <= rules_.line_columns; ++middle)
      if (columns(middle, end) <= rules_.line_columns) return true;
    return false;
  }

  // Of a break before atom `end`.
  int break_cost(size_t end) const {
    const Atom& last = atoms_[end - 1];
    const char32_t mark = last_before_closing_marks(last.text);
    if (end == atoms_.size() || ends_sentence(mark)) return 0;
    const bool has_pause = atoms_[end].start - last.end >= rules_.clause_pause;
    return last.ends_segment || ends_clause(mark) || has_pause ? kCostAfterClause : kCostAfterPlainWord;
  }

  int cost_of_cue(size_t begin, size_t end) const {
    const Millis until = end < atoms_.size() ? atoms_[end].start : atoms_[end - 1].end + rules_.pause;
    return kCostOfCue + break_cost(end) + (until - atoms_[begin].start < rules_.shortest ? kCostOfShortCue : 0);
  }

  std::string text(size_t begin, size_t end) const {
    std::string out = atoms_[begin].text;
    for (size_t i = begin + 1; i < end; ++i) out += (atoms_[i].has_space_before ? " " : "") + atoms_[i].text;
    return out;
  }

  // Where the second line begins: lines of like length, rather after a clause than inside one.
  size_t best_line_break(size_t begin, size_t end) const {
    size_t best = begin + 1;
    size_t least = std::numeric_limits<size_t>::max();
    for (size_t middle = begin + 1; middle < end; ++middle) {
      const size_t first = columns(begin, middle);
      const size_t second = columns(middle, end);
      if (first > rules_.line_columns || second > rules_.line_columns) continue;
      const size_t cost =
          (first > second ? first - second : second - first) + 2 * static_cast<size_t>(break_cost(middle));
      if (cost >= least) continue;
      least = cost;
      best = middle;
    }
    return best;
  }

  SubtitleCue make_cue(size_t begin, size_t end) const {
    const Millis start = atoms_[begin].start;
    SubtitleCue cue{start, std::min(atoms_[end - 1].end, start + rules_.longest), {}};
    if (columns(begin, end) <= rules_.line_columns) {
      cue.lines = {text(begin, end)};
    } else {
      const size_t middle = best_line_break(begin, end);
      cue.lines = {text(begin, middle), text(middle, end)};
    }
    return cue;
  }

  std::span<const Atom> atoms_;
  const SubtitleRules& rules_;
  std::vector<size_t> upto_;  // columns before each atom, with spaces
};

// Long enough to be read where there is room, in order, without overlap.
void settle_times(std::vector<SubtitleCue>& cues, const SubtitleRules& rules) {
  Millis free_from{};
  for (size_t i = 0; i < cues.size(); ++i) {
    auto& cue = cues[i];
    cue.start = std::max(cue.start, free_from);
    if (cue.end - cue.start < rules.shortest) cue.end = cue.start + rules.shortest;
    if (i + 1 < cues.size()) cue.end = std::min(cue.end, cues[i + 1].start);
    cue.end = std::max(cue.end, cue.start + Millis(1));
    free_from = cue.end;
  }
}

}  // namespace

std::vector<SubtitleCue> shape_subtitles(std::span<const Segment> segments, const SubtitleRules& rules) {
  const auto atoms = atoms_of(segments, rules);
  std::vector<SubtitleCue> cues;
  for (size_t begin = 0, end; begin < atoms.size(); begin = end) {
    end = begin + 1;
    while (end < atoms.size() && atoms[end].start - atoms[end - 1].end < rules.pause) ++end;
    Shaper(std::span(atoms).subspan(begin, end - begin), rules).append_cues(cues);
  }
  settle_times(cues, rules);
  return cues;
}

}  // namespace v2t
