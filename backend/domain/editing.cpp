// Changes of a transcript, and versions as overlays.
#include "domain/editing.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "domain/word_times.h"

namespace v2t {
namespace {

bool is_before(const Segment& a, const Segment& b) { return std::tie(a.start, a.id) < std::tie(b.start, b.id); }

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += word.text;
  return std::string(trim(text));
}

// Spaces of any number count as one.
bool says_the_same(std::string_view a, std::string_view b) {
  const auto bare = [](std::string_view text) {
    std::string result;
    for (const char c : trim(text))
      if (static_cast<unsigned char>(c) > ' ') result += c;
    return result;
  };
  return bare(a) == bare(b);
}

// Applies changes one after the other to a copy of the text.
class Editor {
 public:
  explicit Editor(const VersionedText& text) : text_(text), next_id_(text.next_id) {
    for (const Segment& segment : text.segments) segments_.emplace(segment.id, segment);
  }

  Result<void> apply(const SegmentChange& change) {
    const auto found = segments_.find(change.segment);
    if (found == segments_.end()) return no_segment(change.segment);
    Segment& segment = found->second;
    TRY_VOID(set_times(change, segment));
    if (change.words) {
      TRY_VOID(set_words(*change.words, change.text, segment));
    } else if (change.text) {
      set_text(*change.text, segment);
    }
    clamp_words(segment);
    touch(segment);
    return {};
  }

  Result<void> apply(const SegmentDeletion& change) {
    if (segments_.erase(change.segment) == 0) return no_segment(change.segment);
    touched_.erase(change.segment);
    removed_.insert(change.segment);
    return {};
  }

  Result<void> apply(const SegmentInsertion& change) {
    TRY(Segment segment, new_segment(change));
    if (change.end < change.start)
      return problem(ErrorCode::kInvalidArgument, "insert.end_ms", "a segment cannot end before it starts");
    segment.start = change.start;
    segment.end = change.end;
    segment.words.clear();
    if (!change.language.empty()) segment.language = change.language;
    if (change.words) {
      TRY_VOID(set_words(*change.words, change.text, segment));
    } else {
      set_text(change.text, segment, /*makes_words=*/has_words());
    }
    removed_.erase(segment.id);
    segment.window = window_at(segment.start);
    touch(segments_.insert_or_assign(segment.id, segment).first->second);
    return {};
  }

  void set_place(size_t number) { place_ = "changes[" + std::to_string(number) + "]."; }

  Result<TextEdit> finish() const {
    std::vector<Segment> all;
    for (const auto& [id, segment] : segments_) all.push_back(segment);
    std::ranges::sort(all, is_before);
    TextEdit edit;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto touched = touched_.find(all[i].id);
      if (touched == touched_.end()) continue;
      TRY_VOID(check_place(all, i, touched->second));
      edit.segments.push_back(all[i]);
    }
    for (const Segment& segment : text_.segments)
      if (removed_.contains(segment.id)) edit.removed.push_back(segment.id);
    return edit;
  }

 private:
  tl::unexpected<Error> problem(ErrorCode code, const std::string& field, const std::string& message) const {
    return fail(code, place_ + field + ": " + message);
  }
  tl::unexpected<Error> no_segment(uint64_t id) const {
    return problem(ErrorCode::kConflict, "segment",
                   "there is no segment " + std::to_string(id) + "; read the transcript again");
  }

  void touch(Segment& segment) {
    segment.edited = true;
    segment.tokens.clear();
    if (!segment.text.empty()) segment.kind = SegmentKind::kSpeech;
    touched_[segment.id] = place_;
  }

  Result<void> set_times(const SegmentChange& change, Segment& segment) const {
    segment.start = change.start.value_or(segment.start);
    segment.end = change.end.value_or(segment.end);
    if (change.words && !change.words->empty()) {
      const bool starts_anew = segment.words.empty() || segment.words.front().start != change.words->front().start;
      const bool ends_anew = segment.words.empty() || segment.words.back().end != change.words->back().end;
      if (starts_anew && !change.start) segment.start = change.words->front().start;
      if (ends_anew && !change.end) segment.end = change.words->back().end;
    }
    if (segment.end < segment.start)
      return problem(ErrorCode::kInvalidArgument, change.end ? "end_ms" : "start_ms",
                     "a segment cannot end before it starts");
    return {};
  }

  Result<void> set_words(const std::vector<Word>& words, const std::optional<std::string>& text,
                         Segment& segment) const {
    Millis last = segment.start;
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string field = "words[" + std::to_string(i) + "]";
      if (words[i].end < words[i].start)
        return problem(ErrorCode::kInvalidArgument, field + ".end_ms", "a word cannot end before it starts");
      if (words[i].start < last || words[i].end > segment.end)
        return problem(ErrorCode::kConflict, field + ".start_ms",
                       "words must be in order, must not overlap, and must lie within their segment");
      last = words[i].end;
    }
    if (text && !says_the_same(*text, joined(words)))
      return problem(ErrorCode::kInvalidArgument, "text", "the text is not what the words say; send one of them alone");
    segment.words = words;
    segment.text = text ? std::string(trim(*text)) : joined(words);
    return {};
  }

  static void set_text(const std::string& text, Segment& segment, bool makes_words = false) {
    segment.text = std::string(trim(text));
    if (makes_words || !segment.words.empty())
      segment.words = retimed_words(segment.words, segment.text, {segment.start, segment.end});
  }

  static void clamp_words(Segment& segment) {
    for (Word& word : segment.words) {
      word.start = std::clamp(word.start, segment.start, segment.end);
      word.end = std::clamp(word.end, segment.start, segment.end);
    }
  }

  Result<Segment> new_segment(const SegmentInsertion& change) {
    if (!change.id) {
      Segment segment;
      segment.id = next_id_++;
      return segment;
    }
    const uint64_t id = *change.id;
    if (segments_.contains(id))
      return problem(ErrorCode::kConflict, "insert.id", "segment " + std::to_string(id) + " is there already");
    const auto has_id = [&](const Segment& segment) { return segment.id == id; };
    if (removed_.contains(id))
      if (const auto now = std::ranges::find_if(text_.segments, has_id); now != text_.segments.end()) return *now;
    const auto earlier = std::ranges::find_if(text_.deleted, has_id);
    if (earlier == text_.deleted.end())
      return problem(ErrorCode::kConflict, "insert.id",
                     "there was no segment " + std::to_string(id) + "; leave the id out to get a new one");
    return *earlier;
  }

  bool has_words() const {
    return std::ranges::any_of(segments_, [](const auto& item) { return !item.second.words.empty(); });
  }

  uint64_t window_at(Millis time) const {
    uint64_t window = 0;
    for (const auto& [id, segment] : segments_)
      if (segment.start <= time) window = std::max(window, segment.window);
    return window;
  }

  // Neighbours may overlap if they did so before and it has not become worse.
  Result<void> check_place(const std::vector<Segment>& all, size_t i, const std::string& place) const {
    const Segment& segment = all[i];
    const Segment* before = original(segment.id);
    const bool starts_earlier = before == nullptr || segment.start < before->start;
    const bool ends_later = before == nullptr || segment.end > before->end;
    const bool hits_previous = i > 0 && all[i - 1].end > segment.start && (starts_earlier || grew(all[i - 1]));
    const bool hits_next = i + 1 < all.size() && all[i + 1].start < segment.end && (ends_later || grew(all[i + 1]));
    if (!hits_previous && !hits_next) return {};
    const Segment& other = hits_previous ? all[i - 1] : all[i + 1];
    return fail(ErrorCode::kConflict, place + (before == nullptr ? "insert.start_ms" : "start_ms") + ": segment " +
                                          std::to_string(segment.id) + " would overlap segment " +
                                          std::to_string(other.id) + ", from " + std::to_string(other.start.count()) +
                                          " to " + std::to_string(other.end.count()) + " ms");
  }

  bool grew(const Segment& segment) const {
    const Segment* before = original(segment.id);
    return before == nullptr || segment.start < before->start || segment.end > before->end;
  }

  const Segment* original(uint64_t id) const {
    const auto found = std::ranges::find_if(text_.segments, [&](const Segment& segment) { return segment.id == id; });
    return found == text_.segments.end() ? nullptr : &*found;
  }

  const VersionedText& text_;
  std::map<uint64_t, Segment> segments_;
  std::map<uint64_t, std::string> touched_;  // id -> the place of the last change
  std::set<uint64_t> removed_;
  uint64_t next_id_;
  std::string place_;
};

}  // namespace

std::string_view version_kind_name(VersionKind kind) {
  switch (kind) {
    case VersionKind::kRecognised:
      return "recognised";
    case VersionKind::kEdit:
      return "edit";
    case VersionKind::kRestore:
      return "restore";
  }
  return "edit";
}

std::optional<VersionKind> version_kind_from_name(std::string_view name) {
  for (const auto kind : {VersionKind::kRecognised, VersionKind::kEdit, VersionKind::kRestore})
    if (version_kind_name(kind) == name) return kind;
  return std::nullopt;
}

Result<TextEdit> apply_changes(const VersionedText& text, std::span<const TextChange> changes) {
  Editor editor(text);
  for (size_t i = 0; i < changes.size(); ++i) {
    editor.set_place(i);
    TRY_VOID(std::visit([&](const auto& change) { return editor.apply(change); }, changes[i]));
  }
  return editor.finish();
}

TextEdit difference(const VersionedText& now, const VersionedText& then) {
  std::map<uint64_t, const Segment*> present;
  for (const Segment& segment : now.segments) present.emplace(segment.id, &segment);
  TextEdit edit;
  for (const Segment& segment : then.segments) {
    const auto found = present.find(segment.id);
    if (found == present.end() || *found->second != segment) edit.segments.push_back(segment);
    if (found != present.end()) present.erase(found);
  }
  for (const auto& [id, segment] : present) edit.removed.push_back(id);
  return edit;
}

std::vector<SegmentEdit> edits_of(const TextEdit& edit, const VersionedText& before) {
  std::vector<SegmentEdit> edits;
  for (const Segment& segment : edit.segments)
    edits.push_back({segment.edited ? SegmentEdit::State::kChanged : SegmentEdit::State::kRecognised, segment});
  for (const Segment& segment : before.segments)
    if (std::ranges::find(edit.removed, segment.id) != edit.removed.end())
      edits.push_back({SegmentEdit::State::kDeleted, segment});
  return edits;
}

VersionedText overlaid(uint64_t version, std::vector<Segment> recognised, const std::vector<SegmentEdit>& edits) {
  VersionedText text;
  text.version = version;
  if (edits.empty()) {
    text.segments = std::move(recognised);
    return text;
  }
  std::map<uint64_t, const SegmentEdit*> by_id;
  for (const SegmentEdit& edit : edits) {
    by_id[edit.segment.id] = &edit;
    text.next_id = std::max(text.next_id, edit.segment.id + 1);
  }
  const auto lay = [&](Segment segment, const SegmentEdit& edit) {
    if (edit.state != SegmentEdit::State::kRecognised) {
      segment.start = edit.segment.start;
      segment.end = edit.segment.end;
      segment.text = edit.segment.text;
      segment.words = edit.segment.words;
      segment.language = edit.segment.language;
      if (!segment.text.empty()) segment.kind = SegmentKind::kSpeech;
      segment.tokens.clear();
      segment.edited = true;
    }
    (edit.state == SegmentEdit::State::kDeleted ? text.deleted : text.segments).push_back(std::move(segment));
  };
  for (Segment& segment : recognised) {
    const auto found = by_id.find(segment.id);
    if (found == by_id.end()) {
      text.segments.push_back(std::move(segment));
      continue;
    }
    lay(std::move(segment), *found->second);
    by_id.erase(found);
  }
  for (const auto& [id, edit] : by_id) {
    Segment inserted;
    inserted.id = id;
    inserted.window = edit->segment.window;
    lay(std::move(inserted), *edit);
  }
  std::ranges::sort(text.segments, is_before);
  return text;
}

}  // namespace v2t
