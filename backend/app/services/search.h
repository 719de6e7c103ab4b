// Search in all transcripts of an owner: where something was said, with the words around it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/job_store.h"

namespace v2t {

struct SearchHit {
  struct Part {
    std::string text;
    bool is_match = false;

    friend bool operator==(const Part&, const Part&) = default;
  };
  JobId job;
  std::string name;  // of the job
  uint64_t segment = 0;
  Millis start{};           // of the segment
  Millis at{};              // where the first matching word is said
  std::vector<Part> parts;  // the text, of a long one what is around the first match
};

struct SearchHits {
  std::vector<SearchHit> hits;
  uint64_t total = 0;  // on all pages
};

// The terms of a query, folded: words, and phrases in double quotes. Empty when there is nothing to look for.
std::vector<std::string> search_terms(std::string_view query);
// `terms` as search_terms() gives them.
SearchHit show_hit(const SearchPage::Hit& hit, const std::vector<std::string>& terms);

// Thread-safe.
class Search {
 public:
  explicit Search(JobStore& jobs) : jobs_(jobs) {}
  // `query`: valid UTF-8. kInvalidArgument when there is nothing to look for.
  Result<SearchHits> find(const OwnerId& owner, std::string_view query, size_t limit, size_t offset);

 private:
  JobStore& jobs_;
};

}  // namespace v2t
