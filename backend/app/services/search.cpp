// Queries in, highlighted hits out.
#include "app/services/search.h"

#include <algorithm>

#include "base/text.h"
#include "domain/fold.h"

namespace v2t {
namespace {

constexpr size_t kMostTerms = 16;       // of one query; what is more is not looked for
constexpr size_t kMostTextBytes = 400;  // of a hit
constexpr size_t kBeforeMatch = 120;    // of those, before the first match

struct Range {
  size_t begin = 0;
  size_t end = 0;
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Where the terms stand in the text, in order and apart.
std::vector<Range> matches_of(const std::string& text, const std::vector<std::string>& terms) {
  const FoldedText folded = fold(text);
  std::vector<Range> all;
  for (const auto& term : terms)
    for (size_t at = folded.text.find(term); at != std::string::npos; at = folded.text.find(term, at + term.size()))
      all.push_back({folded.origins[at], folded.origins[at + term.size()]});
  std::ranges::sort(all, {}, &Range::begin);
  std::vector<Range> apart;
  for (const Range& range : all) {
    if (!apart.empty() && range.begin <= apart.back().end)
      apart.back().end = std::max(apart.back().end, range.end);
    else
      apart.push_back(range);
  }
  return apart;
}

// The time of the word that holds the byte; words stand in the text in their order.
Millis time_of(const Segment& segment, size_t byte) {
  Millis time = segment.start;
  size_t from = 0;
  for (const Word& word : segment.words) {
    const std::string_view text = trim(word.text);
    const size_t at = text.empty() ? std::string::npos : segment.text.find(text, from);
    if (at == std::string::npos) continue;
    if (at > byte) break;
    time = word.start;
    from = at + text.size();
  }
  return time;
}

// What is shown of a long text: from a little before the first match, cut at characters.
Range shown(const std::string& text, size_t first_match) {
  if (text.size() <= kMostTextBytes) return {0, text.size()};
  size_t begin = first_match > kBeforeMatch ? first_match - kBeforeMatch : 0;
  begin = std::min(begin, text.size() - kMostTextBytes);
  size_t end = begin + kMostTextBytes;
  while (begin > 0 && continues(text[begin])) --begin;
  while (end < text.size() && continues(text[end])) ++end;
  return {begin, end};
}

}  // namespace

std::vector<std::string> search_terms(std::string_view query) {
  std::vector<std::string> terms;
  const auto add = [&](const std::string& term) {
    if (!term.empty() && terms.size() < kMostTerms && std::ranges::find(terms, term) == terms.end())
      terms.push_back(term);
  };
  const auto parts = split(fold(query).text, '"');
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool is_phrase = i % 2 == 1 && i + 1 < parts.size();  // between two quotes
    if (is_phrase) {
      add(std::string(trim(parts[i])));
      continue;
    }
    for (const auto& word : split(parts[i], ' ')) add(std::string(trim(word)));
  }
  return terms;
}

SearchHit show_hit(const SearchPage::Hit& hit, const std::vector<std::string>& terms) {
  const std::string& text = hit.segment.text;
  SearchHit shown_hit{hit.job, hit.name, hit.segment.id, hit.segment.start, hit.segment.start, {}};
  const auto matches = matches_of(text, terms);
  const size_t first = matches.empty() ? 0 : matches.front().begin;
  if (!matches.empty()) shown_hit.at = time_of(hit.segment, first);
  const Range range = shown(text, first);
  const auto add = [&](size_t begin, size_t end, bool is_match) {
    begin = std::max(begin, range.begin);
    end = std::min(end, range.end);
    if (begin < end) shown_hit.parts.push_back({text.substr(begin, end - begin), is_match});
  };
  size_t at = range.begin;
  for (const Range& match : matches) {
    add(at, match.begin, false);
    add(match.begin, match.end, true);
    at = std::max(at, match.end);
  }
  add(at, range.end, false);
  if (range.begin > 0 && !shown_hit.parts.empty()) shown_hit.parts.insert(shown_hit.parts.begin(), {"…", false});
  if (range.end < text.size()) shown_hit.parts.push_back({"…", false});
  return shown_hit;
}

Result<SearchHits> Search::find(const OwnerId& owner, std::string_view query, size_t limit, size_t offset) {
  const auto terms = search_terms(query);
  if (terms.empty()) return fail(ErrorCode::kInvalidArgument, "q: there is nothing to look for; give a word");
  TRY(const SearchPage page, jobs_.search(owner, {terms, limit, offset}));
  SearchHits hits;
  hits.total = page.total;
  for (const auto& hit : page.hits) hits.hits.push_back(show_hit(hit, terms));
  return hits;
}

}  // namespace v2t
