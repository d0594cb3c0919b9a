-- Splits: what is locked, and which sounds are the same.

-- While a row is here, no command moves clips in or out of this part.
CREATE TABLE split_locks (
  split TEXT PRIMARY KEY CHECK (split = 'test'),
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last word on it, for what goes another way than by the commands.
CREATE TRIGGER locked_clips_stay BEFORE UPDATE OF split ON clips
  WHEN old.split IS NOT new.split AND EXISTS (SELECT 1 FROM split_locks WHERE split IN (old.split, new.split))
BEGIN
  SELECT RAISE(ABORT, 'the test set is locked');
END;
CREATE TRIGGER locked_parts_are_closed BEFORE INSERT ON clips
  WHEN new.split = 'test' AND EXISTS (SELECT 1 FROM split_locks WHERE split = new.split)
BEGIN
  SELECT RAISE(ABORT, 'the test set is locked');
END;

-- What was observed of sounds, and so not journaled: which were listened to, and which have a part in common.
CREATE TABLE heard_sounds (
  content_hash TEXT PRIMARY KEY,
  version INTEGER NOT NULL, -- of the fingerprints
  frames INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sound_matches (
  first_hash TEXT NOT NULL,
  second_hash TEXT NOT NULL,
  first_start_seconds REAL NOT NULL,
  second_start_seconds REAL NOT NULL,
  seconds REAL NOT NULL,
  error_rate REAL NOT NULL CHECK (error_rate BETWEEN 0 AND 1),
  PRIMARY KEY (first_hash, second_hash)
) STRICT, WITHOUT ROWID;

-- The kinds of jobs are the application's to know: a table of its own for each new kind would have to be made anew.
CREATE TABLE jobs_of_any_kind (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  error TEXT, -- JSON
  run_id TEXT REFERENCES runs (id),
  journal_seq INTEGER, -- an import's entry
  out_path TEXT, -- an export's folder
  import_counts TEXT, -- JSON
  export_result TEXT, -- JSON
  -- Which process owns the job: a pid, and when that process began, because pids come again.
  owner_pid INTEGER NOT NULL,
  owner_started TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO jobs_of_any_kind SELECT * FROM jobs;
CREATE TABLE issues_of_any_job (
  job_id TEXT NOT NULL REFERENCES jobs_of_any_kind (id),
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  row INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO issues_of_any_job SELECT * FROM job_issues;
DROP TABLE job_issues;
DROP TABLE jobs;
ALTER TABLE jobs_of_any_kind RENAME TO jobs;
ALTER TABLE issues_of_any_job RENAME TO job_issues;
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX jobs_by_run ON jobs (run_id);
