// The schema of jobs and owners, and how it is brought up to date.
#include "store/job_database.h"

#include <array>

#include "base/text.h"
#include "domain/fold.h"
#include "domain/transcript.h"

namespace v2t::store {
namespace {

constexpr Database::Kind kKind{0x76327431, "job database"};  // "v2t1"

// Step N leads from PRAGMA user_version N to N + 1. Steps that were released are never changed: add one.
// Times named *_ms or without a unit are milliseconds: of the media, or since 1970 UTC.
constexpr std::array kMigrations{
    R"sql(
CREATE TABLE owners(
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,   -- SHA-256, hexadecimal
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT;
CREATE TABLE jobs(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  media_size_bytes INTEGER NOT NULL,
  settings TEXT NOT NULL,            -- JSON object
  state TEXT NOT NULL CHECK(state IN ('uploading', 'queued', 'running', 'done', 'failed', 'cancelled')),
  language TEXT,
  duration_ms INTEGER,
  audio_done_ms INTEGER NOT NULL,
  windows_done INTEGER NOT NULL,
  speed REAL,
  error_code TEXT,
  error_message TEXT,
  warnings TEXT NOT NULL,            -- JSON array of strings; of {code, message} from the fifth step on
  attempts INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  created INTEGER NOT NULL,
  started INTEGER,
  finished INTEGER,
  ticket INTEGER NOT NULL,           -- place in the queue of its owner
  claim_ticket INTEGER NOT NULL DEFAULT 0,
  deaths INTEGER NOT NULL DEFAULT 0, -- workers that died in a row without saving a window
  lease_boot TEXT NOT NULL DEFAULT '',
  lease_until INTEGER NOT NULL DEFAULT 0  -- Clock::steady of that boot
) STRICT;
CREATE INDEX jobs_of_owner ON jobs(owner, number);
CREATE INDEX jobs_of_media ON jobs(media);
CREATE INDEX jobs_turns ON jobs(owner, claim_ticket);
CREATE INDEX jobs_in_work ON jobs(state) WHERE state IN ('uploading', 'queued', 'running');
CREATE INDEX jobs_finished ON jobs(finished) WHERE finished IS NOT NULL;
CREATE TABLE segments(
  job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE,
  window INTEGER NOT NULL,
  position INTEGER NOT NULL,         -- within the window
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  avg_logprob REAL NOT NULL,
  no_speech_prob REAL NOT NULL,
  compression_ratio REAL NOT NULL,
  temperature REAL NOT NULL,
  tokens TEXT NOT NULL,              -- JSON array of integers
  words TEXT NOT NULL,               -- JSON array of [start_ms, end_ms, text, probability]
  PRIMARY KEY(job, window, position)
) STRICT;
CREATE TABLE events(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL,                 -- jobs.id; outlives the job when type is 'deleted'
  owner TEXT NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,                -- JSON object
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_of_job ON events(job, sequence);
CREATE INDEX events_of_deleted_jobs ON events(at) WHERE type = 'deleted';
CREATE TABLE tickets(last INTEGER NOT NULL) STRICT;
INSERT INTO tickets VALUES (0);
)sql",
    R"sql(
ALTER TABLE segments ADD COLUMN language TEXT NOT NULL DEFAULT '';      -- ISO 639-1 code
ALTER TABLE segments ADD COLUMN kind TEXT NOT NULL DEFAULT 'speech';    -- segment_kind_name()
)sql",
    // Versions of texts, search, peaks, requests that may be repeated. 1000: kMostSegmentsOfWindow.
    R"sql(
ALTER TABLE jobs ADD COLUMN version INTEGER NOT NULL DEFAULT 0;  -- of the text
ALTER TABLE jobs ADD COLUMN source TEXT;                         -- jobs.id
ALTER TABLE jobs ADD COLUMN heard TEXT NOT NULL DEFAULT '{}';    -- JSON object: language -> milliseconds
ALTER TABLE jobs ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;    -- in a row without saving a window
ALTER TABLE jobs ADD COLUMN retry_boot TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN retry_at INTEGER NOT NULL DEFAULT 0;    -- Clock::steady of that boot
CREATE TABLE versions(
  job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE,
  version INTEGER NOT NULL,          -- from 1; 0 is what was recognised
  created INTEGER NOT NULL,
  kind TEXT NOT NULL,
  n_changes INTEGER NOT NULL,
  restored INTEGER,
  PRIMARY KEY(job, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE edited_segments(        -- laid over the rows of segments, which never change
  job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE,
  id INTEGER NOT NULL,               -- window * 1000 + position of a row of segments, or that of an inserted one
  version INTEGER NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('changed', 'deleted', 'recognised')),
  window INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  text TEXT NOT NULL,
  words TEXT NOT NULL,
  language TEXT NOT NULL,
  PRIMARY KEY(job, id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE peaks(
  job INTEGER PRIMARY KEY REFERENCES jobs(number) ON DELETE CASCADE,
  step_ms INTEGER NOT NULL,
  is_complete INTEGER NOT NULL,
  peaks BLOB NOT NULL
) STRICT;
CREATE TABLE requests(
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  PRIMARY KEY(owner, key)
) STRICT;
CREATE INDEX requests_of_job ON requests(job);
CREATE TABLE spoken_at(              -- where a row of spoken is said
  number INTEGER PRIMARY KEY,        -- spoken.rowid
  job INTEGER NOT NULL REFERENCES jobs(number) ON DELETE CASCADE,
  segment INTEGER NOT NULL,
  UNIQUE(job, segment)
) STRICT;
CREATE VIRTUAL TABLE spoken USING fts5(folded, tokenize = 'trigram case_sensitive 1');
INSERT INTO spoken_at(job, segment) SELECT job, window * 1000 + position FROM segments WHERE text <> '';
INSERT INTO spoken(rowid, folded) SELECT number, fold(text) FROM spoken_at JOIN segments
  ON segments.job = spoken_at.job AND window = segment / 1000 AND position = segment % 1000;
)sql",
    R"sql(
CREATE TABLE keys(
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,     -- SHA-256, hexadecimal
  created INTEGER NOT NULL,
  last_used INTEGER,
  revoked INTEGER
) STRICT;
ALTER TABLE jobs ADD COLUMN is_transient INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN token_scores TEXT;  -- JSON array of [bytes, log-probability]; mostly NULL
)sql",
    // Warnings get codes, jobs the samples of their speech, and what was used in the last day outlives a restart.
    R"sql(
UPDATE jobs SET warnings = (SELECT json_group_array(json_object('code', CASE
    WHEN value LIKE 'only the first %' THEN 'too_long'
    WHEN value LIKE 'the file ends %' THEN 'ends_early'
    WHEN value LIKE 'no speech %' THEN 'no_speech'
    ELSE 'damaged_sound' END, 'message', value)) FROM json_each(warnings)) WHERE warnings <> '[]';
ALTER TABLE jobs ADD COLUMN speech INTEGER;          -- samples, of saved windows; NULL in jobs from before
ALTER TABLE jobs ADD COLUMN covered INTEGER;
ALTER TABLE jobs ADD COLUMN unintelligible INTEGER;
CREATE TABLE usage(
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK(kind IN ('upload', 'job')),
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  address TEXT NOT NULL,             -- of the client; '' for this machine
  at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  audio_ms INTEGER NOT NULL,
  is_settled INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_at ON usage(at);
CREATE INDEX usage_id ON usage(id);
)sql",
};
static_assert(kMostSegmentsOfWindow == 1000);

std::string folded(std::string_view text) { return fold(to_valid_utf8(text)).text; }

Result<int64_t> schema_version(Database& database) {
  TRY(Statement query, database.prepare("PRAGMA user_version"));
  TRY_VOID(query.step());
  return query.integer(0);
}

Result<void> migrate(Database& database) {
  TRY(Transaction transaction, Transaction::begin(database));
  TRY(const int64_t found, schema_version(database));
  if (found < 0 || found > static_cast<int64_t>(kMigrations.size()))
    return fail(ErrorCode::kInvalidArgument, "the job database " + database.path().string() +
                                                 " was written by a newer version of video2text; use that version");
  for (auto version = static_cast<size_t>(found); version < kMigrations.size(); ++version) {
    TRY_VOID(database.execute(kMigrations[version]));
    TRY_VOID(database.execute(("PRAGMA user_version = " + std::to_string(version + 1)).c_str()));
  }
  return transaction.commit();
}

}  // namespace

Result<std::shared_ptr<JobDatabase>> open_job_database(const std::filesystem::path& path) {
  auto database = std::make_shared<JobDatabase>();
  TRY(database->connection, Database::open(path, kKind));
  TRY_VOID(database->connection->add_function("fold", folded));
  TRY_VOID(migrate(*database->connection));
  return database;
}

}  // namespace v2t::store
