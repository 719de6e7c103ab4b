// Terms to expect, as a tree of their tokens.
#include "whisper/hotwords.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "domain/script.h"

namespace v2t::whisper {
namespace {

// In nats. To begin a term must be nearly what was heard; to go on may be further off: once begun, few words compete.
constexpr float kBegin = 1.5F;
constexpr float kGoOn = 3.0F;

std::string utf8(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  return {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
}

// Latin (with Latin-1), Greek and Cyrillic letters; all others stay as they are. Below U+0800.
char32_t small_letter(char32_t c) {
  const auto within = [&](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within('A', 'Z') || (within(0xC0, 0xDE) && c != 0xD7)) return c + 32;
  if (within(0x391, 0x3A9) || within(0x410, 0x42F)) return c + 32;
  if (within(0x400, 0x40F)) return c + 80;
  return c;
}

char32_t capital_letter(char32_t c) {
  const auto within = [&](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within('a', 'z') || (within(0xE0, 0xFE) && c != 0xF7)) return c - 32;
  if ((within(0x3B1, 0x3C9) && c != 0x3C2) || within(0x430, 0x44F)) return c - 32;
  if (within(0x450, 0x45F)) return c - 80;
  return c;
}

std::string changed_first(std::string_view text, char32_t (*change)(char32_t)) {
  const auto first = first_code_point(text);
  const char32_t other = change(first.value);
  if (other == first.value) return std::string(text);
  return utf8(other) + std::string(text.substr(first.size_bytes));
}

std::string all_small(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto first = first_code_point(text);
    const char32_t small = small_letter(first.value);
    out += small == first.value ? std::string(text.substr(0, first.size_bytes)) : utf8(small);
    text.remove_prefix(first.size_bytes);
  }
  return out;
}

}  // namespace

Hotwords::Hotwords(const Tokenizer& tokenizer, const std::vector<std::string>& terms) {
  for (const auto& given : terms) {
    const std::string valid = to_valid_utf8(given);
    const std::string term(trim(valid));
    if (term.empty()) continue;
    const bool stands_apart = !is_written_without_spaces(first_code_point(term).value);
    const std::set<std::string> forms{term, changed_first(term, small_letter), changed_first(term, capital_letter),
                                      all_small(term)};
    for (const auto& form : forms) {
      if (stands_apart) add(tokenizer.encode(" " + form));
      if (!stands_apart) add(tokenizer.encode(form));
    }
  }
}

void Hotwords::add(const std::vector<int>& tokens) {
  if (tokens.empty()) return;
  if (nodes_.empty()) nodes_.emplace_back();
  size_t at = 0;
  for (const int token : tokens) {
    size_t next = step(at, token);
    if (next == 0) {
      next = nodes_.size();
      nodes_[at].next.emplace_back(token, next);
      nodes_.emplace_back();
    }
    at = next;
  }
  nodes_[at].ends_term = true;
}

size_t Hotwords::step(size_t node, int token) const {
  for (const auto& [known, next] : nodes_[node].next)
    if (known == token) return next;
  return 0;
}

std::vector<Hotwords::Gain> Hotwords::gains(const Places& places) const {
  std::vector<Gain> out;
  if (is_empty()) return out;
  for (const auto& place : places)
    for (const auto& [token, next] : nodes_[place.node].next) out.push_back({token, kGoOn});
  for (const auto& [token, next] : nodes_.front().next)
    if (std::none_of(out.begin(), out.end(), [&](const Gain& gain) { return gain.token == token; }))
      out.push_back({token, kBegin});
  return out;
}

float Hotwords::take(int token, Places& places) const {
  if (is_empty()) return 0;
  Places next;
  float gained = 0;
  float taken_back = 0;
  const auto enter = [&](size_t node, float lent) {
    if (nodes_[node].ends_term) lent = 0;  // earned
    if (!nodes_[node].next.empty()) next.push_back({node, lent});
  };
  for (const auto& place : places) {
    const size_t node = step(place.node, token);
    if (node == 0) {
      taken_back = std::max(taken_back, place.lent);
      continue;
    }
    gained = kGoOn;
    enter(node, place.lent + kGoOn);
  }
  if (const size_t node = step(0, token); node != 0) {
    const float amount = gained > 0 ? 0 : kBegin;  // once for a token
    gained += amount;
    enter(node, amount);
  }
  places = std::move(next);
  return gained - taken_back;
}

}  // namespace v2t::whisper
