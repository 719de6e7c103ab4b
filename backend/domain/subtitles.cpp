// Subtitles: the words of each stretch without a long pause are cut into cues at the least total cost, found by
// dynamic programming over the places where a break is allowed; then each cue gets the time that its reader needs.
#include "domain/subtitles.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "domain/line_breaks.h"
#include "domain/script.h"
#include "domain/subtitle_words.h"

namespace v2t {
namespace {

constexpr int kCostOfCue = 3;             // fewer cues are calmer
constexpr int kCostOfSentenceInside = 1;  // but a cue should rather end where a sentence does
constexpr int kCostOfShortCue = 6;
constexpr int kCostOfTwiceTooFast = 24;  // in proportion; a reader who is left behind is worse than a bad break
constexpr int kShareOfLines = 3;         // how much less a line's end hurts than a cue's
constexpr Millis kMostLeadIn{500};
constexpr int kNever = std::numeric_limits<int>::max() / 2;

// The best way to lay words out in lines.
struct Lines {
  int cost = kNever;
  size_t first_end = 0;  // one past the last word of the first line
};

// Cuts one stretch of words into cues.
class Shaper {
 public:
  Shaper(std::span<const SubtitleWord> words, const SubtitleRules& rules) : words_(words), rules_(rules) {
    columns_upto_.push_back(0);
    characters_upto_.push_back(0);
    for (size_t i = 0; i < words.size(); ++i) {
      const size_t space = words[i].has_space_before ? 1 : 0;
      // Signs without a width count as one column, else any number of them would fit into a cue.
      columns_upto_.push_back(columns_upto_.back() + std::max<size_t>(words[i].columns, 1) + space);
      characters_upto_.push_back(characters_upto_.back() + words[i].characters + space);
      break_costs_.push_back(cost_of_break_after(i));
    }
  }

  void append_cues(std::vector<SubtitleCue>& cues) const {
    const size_t n = words_.size();
    std::vector<int> least(n + 1, kNever);
    std::vector<size_t> from(n + 1, 0);
    least[0] = 0;
    for (size_t begin = 0; begin < n; ++begin) {
      int sentences_inside = 0;
      const size_t last_end = end_of_longest(begin);
      for (size_t end = begin + 1; end <= last_end; ++end) {
        const int cost = least[begin] + cost_of_cue(begin, end) + kCostOfSentenceInside * sentences_inside;
        if (cost < least[end]) {
          least[end] = cost;
          from[end] = begin;
        }
        sentences_inside += break_costs_[end - 1] == kBreakAfterSentence;
      }
    }
    std::vector<size_t> ends;
    for (size_t end = n; end > 0; end = from[end]) ends.push_back(end);
    for (auto end = ends.rbegin(); end != ends.rend(); ++end) cues.push_back(make_cue(from[*end], *end));
  }

 private:
  int cost_of_break_after(size_t i) const {
    if (i + 1 == words_.size()) return kBreakAfterSentence;
    int cost = break_cost(words_[i].text, words_[i + 1].text);
    const bool has_pause = words_[i + 1].start - words_[i].end >= rules_.clause_pause;
    if (has_pause || words_[i].ends_segment) cost = std::min(cost, kBreakAfterClause);
    return cost;
  }

  size_t columns(size_t begin, size_t end) const {
    return columns_upto_[end] - columns_upto_[begin] - (words_[begin].has_space_before ? 1 : 0);
  }

  // One past the last word of the longest cue that begins here. Greedy lines are the fewest lines.
  size_t end_of_longest(size_t begin) const {
    size_t n_lines = 1;
    size_t line = begin;
    for (size_t next = begin + 1; next < words_.size(); ++next) {
      if (words_[next].end - words_[begin].start > rules_.longest) return next;
      if (columns(line, next + 1) <= rules_.line_columns) continue;
      line = next;
      if (++n_lines > rules_.max_lines) return next;
    }
    return words_.size();
  }

  int cost_of_cue(size_t begin, size_t end) const {
    int cost = kCostOfCue + break_costs_[end - 1];
    const Millis room = room_of(begin, end);
    if (room < rules_.shortest) cost += kCostOfShortCue;
    const double characters = static_cast<double>(characters_upto_[end] - characters_upto_[begin]);
    const double cps = characters * 1000 / static_cast<double>(std::max<int64_t>(room.count(), 1));
    if (cps > rules_.max_cps) cost += static_cast<int>(kCostOfTwiceTooFast * std::min(cps / rules_.max_cps - 1, 2.0));
    if (rules_.max_lines == 2 && columns(begin, end) > rules_.line_columns)
      cost += cost_of_two_lines(begin, end) / kShareOfLines;
    return cost;
  }

  // The time that a cue of these words can stay.
  Millis room_of(size_t begin, size_t end) const {
    const Millis until =
        end < words_.size() ? words_[end].start - rules_.gap : words_[end - 1].end + rules_.pause - rules_.gap;
    return std::min(until - words_[begin].start, rules_.longest);
  }

  // Lines of like length, rather after a clause than inside one.
  int cost_of_lines(size_t begin, size_t middle, size_t end) const {
    const auto first = static_cast<int>(columns(begin, middle));
    const auto second = static_cast<int>(columns(middle, end));
    return std::abs(first - second) / 2 + 2 * break_costs_[middle - 1];
  }

  int cost_of_two_lines(size_t begin, size_t end) const {
    int least = kNever;
    for (size_t middle = begin + 1; middle < end && columns(begin, middle) <= rules_.line_columns; ++middle)
      if (columns(middle, end) <= rules_.line_columns) least = std::min(least, cost_of_lines(begin, middle, end));
    return least;
  }

  // One past the last word of each line. From the last line up: what the words from each place on cost at best.
  std::vector<size_t> best_lines(size_t begin, size_t end) const {
    std::vector<std::vector<Lines>> best(rules_.max_lines, std::vector<Lines>(end - begin));
    for (size_t from = end; from-- > begin;) {
      if (columns(from, end) <= rules_.line_columns) best[0][from - begin] = {0, end};
      for (size_t more = 1; more < rules_.max_lines; ++more)
        best[more][from - begin] = best_first_line(begin, from, end, best[more - 1]);
    }
    std::vector<size_t> ends;
    for (size_t from = begin, left = rules_.max_lines; from < end && left > 0; from = ends.back())
      ends.push_back(best[--left][from - begin].first_end);
    return ends;
  }

  // `rest`: the best lines of the words from each place on, with one line less.
  Lines best_first_line(size_t begin, size_t from, size_t end, const std::vector<Lines>& rest) const {
    Lines best = rest[from - begin];  // without another line
    for (size_t middle = from + 1; middle < end && columns(from, middle) <= rules_.line_columns; ++middle) {
      const Lines& next = rest[middle - begin];
      if (next.cost >= kNever) continue;
      const int cost = next.cost + cost_of_lines(from, middle, next.first_end);
      if (cost < best.cost) best = {cost, middle};
    }
    return best;
  }

  SubtitleCue make_cue(size_t begin, size_t end) const {
    SubtitleCue cue;
    cue.start = words_[begin].start;
    cue.end = std::min(words_[end - 1].end, cue.start + rules_.longest);
    size_t first = begin;
    for (const size_t line_end : best_lines(begin, end)) {
      std::string& line = cue.lines.emplace_back();
      for (size_t i = first; i < line_end; ++i) {
        const std::string text = (i > first && words_[i].has_space_before ? " " : "") + words_[i].text;
        cue.words.push_back({cue.lines.size() - 1, words_[i].start, words_[i].end, text});
        line += text;
      }
      first = line_end;
    }
    return cue;
  }

  std::span<const SubtitleWord> words_;
  const SubtitleRules& rules_;
  std::vector<size_t> columns_upto_;     // before each word, with spaces
  std::vector<size_t> characters_upto_;  // the same
  std::vector<int> break_costs_;         // after each word
};

// Gives cues the time that their readers need, in order, without overlap.
class Timing {
 public:
  Timing(std::vector<SubtitleCue>& cues, const SubtitleRules& rules) : cues_(cues), rules_(rules) {}

  void settle() {
    Millis free_from{};
    for (size_t i = 0; i < cues_.size(); ++i) {
      put_in_order(i, free_from);
      free_from = cues_[i].end;
    }
    for (size_t i = 0; i < cues_.size(); ++i) stay_longer(i);
    for (size_t i = 0; i < cues_.size(); ++i) begin_earlier(i);
    for (size_t i = 0; i + 1 < cues_.size(); ++i) close_gap(i);
    for (auto& cue : cues_) settle_words(cue);
  }

 private:
  // Words may have no length, or the same time: every cue gets at least a millisecond.
  void put_in_order(size_t i, Millis free_from) {
    auto& cue = cues_[i];
    cue.start = std::max(cue.start, free_from);
    if (i + 1 < cues_.size()) cue.end = std::min(cue.end, cues_[i + 1].start - rules_.gap);
    cue.end = std::max(cue.end, cue.start + Millis(1));
    cue.end = std::min(cue.end, cue.start + rules_.longest);
  }

  Millis needed(const SubtitleCue& cue) const {
    const auto to_read =
        Millis(std::llround(std::ceil(static_cast<double>(visible_characters(cue)) * 1000 / rules_.max_cps)));
    return std::min(std::max(rules_.shortest, to_read), rules_.longest);
  }

  // Where the cue has to be gone.
  Millis limit_of(size_t i) const { return i + 1 < cues_.size() ? cues_[i + 1].start - rules_.gap : Millis::max(); }

  void stay_longer(size_t i) {
    auto& cue = cues_[i];
    const Millis wanted = cue.start + needed(cue);
    cue.end = std::max(cue.end, std::min(wanted, limit_of(i)));
  }

  void begin_earlier(size_t i) {
    auto& cue = cues_[i];
    const Millis wanted = std::max(cue.end - needed(cue), cue.start - kMostLeadIn);
    const Millis allowed = i > 0 ? cues_[i - 1].end + rules_.gap : Millis(0);
    cue.start = std::min(cue.start, std::max(wanted, allowed));
  }

  void close_gap(size_t i) {
    auto& cue = cues_[i];
    if (cues_[i + 1].start - cue.end >= rules_.close_gaps_below) return;
    cue.end = std::max(cue.end, std::min(limit_of(i), cue.start + rules_.longest));
  }

  static void settle_words(SubtitleCue& cue) {
    Millis free_from = cue.start;
    for (auto& word : cue.words) {
      word.start = std::clamp(word.start, free_from, cue.end);
      word.end = std::clamp(word.end, word.start, cue.end);
      free_from = word.end;
    }
  }

  std::vector<SubtitleCue>& cues_;
  const SubtitleRules& rules_;
};

}  // namespace

std::vector<SubtitleCue> shape_subtitles(std::span<const Segment> segments, const SubtitleRules& rules) {
  const auto words = subtitle_words(segments, rules.line_columns);
  std::vector<SubtitleCue> cues;
  for (size_t begin = 0, end; begin < words.size(); begin = end) {
    end = begin + 1;
    while (end < words.size() && words[end].start - words[end - 1].end < rules.pause) ++end;
    Shaper(std::span(words).subspan(begin, end - begin), rules).append_cues(cues);
  }
  Timing(cues, rules).settle();
  return cues;
}

size_t visible_characters(const SubtitleCue& cue) {
  size_t characters = 0;
  for (const auto& line : cue.lines) characters += visible_characters(line);
  return characters;
}

double reading_speed(const SubtitleCue& cue) {
  return static_cast<double>(visible_characters(cue)) * 1000 /
         std::max(static_cast<double>((cue.end - cue.start).count()), 1.0);
}

}  // namespace v2t
