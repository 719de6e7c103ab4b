// Byte-level byte-pair encoding.
#include "whisper/tokenizer.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "whisper/pre_tokens.h"
#include "whisper/utf8.h"

namespace v2t::whisper {
namespace {

// Merging looks at every pair of a piece again and again; nothing that is said is longer than this.
constexpr size_t kMaxPieceBytes = 512;
constexpr int kNoMerge = std::numeric_limits<int>::max();

std::vector<std::string_view> bounded_pieces(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::string_view piece : split_pre_tokens(text)) {
    for (; piece.size() > kMaxPieceBytes; piece.remove_prefix(kMaxPieceBytes))
      pieces.push_back(piece.substr(0, kMaxPieceBytes));
    pieces.push_back(piece);
  }
  return pieces;
}

}  // namespace

std::optional<int> Tokenizer::find_merge(int left, int right) const {
  return merge_index_.find(hash_of(left, right), [&](int rank) {
    const Merge& merge = merges_[static_cast<size_t>(rank)];
    return merge.left == left && merge.right == right;
  });
}

void Tokenizer::keep_merge(const Merge& merge) {
  if (find_merge(merge.left, merge.right)) return;
  merge_index_.add(hash_of(merge.left, merge.right), static_cast<int>(merges_.size()));
  merges_.push_back(merge);
}

void Tokenizer::encode_piece(std::string_view piece, std::vector<int>& out) const {
  std::vector<int> parts;
  for (const char c : piece) parts.push_back(byte_tokens_[static_cast<unsigned char>(c)]);
  std::vector<int> ranks;  // of each part with the next
  const auto rank_at = [&](size_t i) { return find_merge(parts[i], parts[i + 1]).value_or(kNoMerge); };
  for (size_t i = 0; i + 1 < parts.size(); ++i) ranks.push_back(rank_at(i));
  while (!ranks.empty()) {
    const auto best = std::min_element(ranks.begin(), ranks.end());
    if (*best == kNoMerge) break;
    const auto at = static_cast<size_t>(best - ranks.begin());
    parts[at] = merges_[static_cast<size_t>(*best)].merged;
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    ranks.erase(best);
    if (at > 0) ranks[at - 1] = rank_at(at - 1);
    if (at < ranks.size()) ranks[at] = rank_at(at);
  }
  out.insert(out.end(), parts.begin(), parts.end());
}

std::vector<int> Tokenizer::encode(std::string_view text) const {
  const std::string valid = to_valid_utf8(text);
  std::vector<int> out;
  for (const auto piece : bounded_pieces(valid)) encode_piece(piece, out);
  return out;
}

std::vector<int> Tokenizer::encode_last(std::string_view text, size_t n) const {
  const std::string valid = to_valid_utf8(text);
  const auto pieces = bounded_pieces(valid);
  std::vector<std::vector<int>> encoded;  // from the last piece back
  size_t total = 0;
  for (auto piece = pieces.rbegin(); piece != pieces.rend() && total < n; ++piece) {
    encode_piece(*piece, encoded.emplace_back());
    total += encoded.back().size();
  }
  std::vector<int> out;
  for (auto part = encoded.rbegin(); part != encoded.rend(); ++part) out.insert(out.end(), part->begin(), part->end());
  if (out.size() > n) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(n));
  return out;
}

std::string_view Tokenizer::bytes(int token) const {
  if (token < 0 || token >= size()) return {};
  return bytes_[static_cast<size_t>(token)];
}

std::string Tokenizer::decode(std::span<const int> tokens) const {
  std::string out;
  for (const int token : tokens)
    if (is_text(token)) out += bytes(token);
  return to_valid_utf8(out);
}

}  // namespace v2t::whisper
