// The full-text index over the newest texts.
#include "base/text.h"
#include "store/sqlite_job_store.h"

namespace v2t::store {
namespace {

constexpr size_t kTrigram = 3;  // the index finds no less

// A phrase of FTS5.
std::string quoted(const std::string& term) {
  std::string text = "\"";
  for (const char c : term) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

struct SearchSql {
  std::string from;                  // FROM and WHERE
  std::string match;                 // of FTS5; empty: none
  std::vector<std::string> scanned;  // terms that the index cannot find
};

SearchSql search_sql(const std::vector<std::string>& terms) {
  SearchSql sql;
  for (const auto& term : terms) {
    if (utf8_length(term) < kTrigram)
      sql.scanned.push_back(term);
    else
      sql.match += (sql.match.empty() ? "" : " AND ") + quoted(term);
  }
  sql.from =
      " FROM spoken JOIN spoken_at ON spoken_at.number = spoken.rowid JOIN jobs ON jobs.number = spoken_at.job"
      " WHERE jobs.owner = ?";
  if (!sql.match.empty()) sql.from += " AND spoken MATCH ?";
  for (size_t i = 0; i < sql.scanned.size(); ++i) sql.from += " AND instr(folded, ?) > 0";
  return sql;
}

void bind_search(const OwnerId& owner, const SearchSql& sql, Statement& query) {
  query.bind(owner);
  if (!sql.match.empty()) query.bind(sql.match);
  for (const auto& term : sql.scanned) query.bind(term);
}

}  // namespace

Result<SearchPage> SqliteJobStore::search(const OwnerId& owner, const SearchQuery& search) {
  const std::scoped_lock lock(database_->mutex);
  const SearchSql sql = search_sql(search.terms);
  SearchPage page;
  {
    TRY(Statement query, connection().prepare("SELECT count(*)" + sql.from));
    bind_search(owner, sql, query);
    TRY_VOID(query.step());
    page.total = static_cast<uint64_t>(query.integer(0));
  }
  const std::string order = sql.match.empty() ? "" : "rank, ";
  TRY(Statement query,
      connection().prepare("SELECT jobs.id, jobs.name, jobs.number, spoken_at.segment" + sql.from + " ORDER BY " +
                           order + "jobs.number DESC, spoken_at.number LIMIT ? OFFSET ?"));
  bind_search(owner, sql, query);
  query.bind(search.limit).bind(search.offset);
  for (;;) {
    TRY(const bool has_row, query.step());
    if (!has_row) return page;
    TRY(auto segment, segment_now(query.integer(2), static_cast<uint64_t>(query.integer(3))));
    if (segment) page.hits.push_back({query.text(0), query.text(1), *std::move(segment)});
  }
}

// The text of a segment as it can be found from now on; an empty one cannot, nor one of a transient job.
Result<void> SqliteJobStore::index_text(int64_t job, uint64_t segment, const std::string& text) {
  TRY_VOID(connection().run(
      "DELETE FROM spoken WHERE rowid = (SELECT number FROM spoken_at WHERE job = ? AND segment = ?)", job, segment));
  if (text.empty()) return connection().run("DELETE FROM spoken_at WHERE job = ? AND segment = ?", job, segment);
  TRY_VOID(connection().run(
      "INSERT OR IGNORE INTO spoken_at(job, segment) SELECT number, ? FROM jobs WHERE number = ? AND NOT is_transient",
      segment, job));
  return connection().run(
      "INSERT INTO spoken(rowid, folded) SELECT number, fold(?) FROM spoken_at WHERE job = ? AND segment = ?", text,
      job, segment);
}

// A deleted row leaves its trigrams in the index until they are merged away, so that is done at once.
Result<void> SqliteJobStore::unindex(int64_t job) {
  TRY_VOID(connection().run("DELETE FROM spoken WHERE rowid IN (SELECT number FROM spoken_at WHERE job = ?)", job));
  if (connection().changes() == 0) return {};
  return connection().run("INSERT INTO spoken(spoken) VALUES ('optimize')");
}

}  // namespace v2t::store
