-- The catalog as first released. A released migration never changes; the next change is file 0002.
-- Times of day are ISO 8601 UTC text; spans are seconds in the recording; ids are UUIDv7 text.

PRAGMA application_id = 1161908845; -- "EARm"

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roots (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
  id TEXT PRIMARY KEY,
  root_id TEXT NOT NULL REFERENCES roots (id),
  path TEXT NOT NULL, -- relative to the root, forward slashes
  content_hash TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  format TEXT NOT NULL,
  sample_rate_hz REAL NOT NULL CHECK (sample_rate_hz > 0),
  channel_count INTEGER NOT NULL CHECK (channel_count > 0),
  duration_seconds REAL NOT NULL CHECK (duration_seconds > 0),
  is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1)),
  UNIQUE (root_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX recordings_by_path ON recordings (path, id);
CREATE INDEX recordings_missing ON recordings (id) WHERE is_missing = 1;

CREATE TABLE ontology_classes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  code INTEGER,
  mid TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX ontology_classes_by_folded_name ON ontology_classes (name COLLATE NOCASE);

CREATE TABLE clips (
  id TEXT PRIMARY KEY,
  recording_id TEXT NOT NULL REFERENCES recordings (id),
  start_seconds REAL NOT NULL CHECK (start_seconds >= 0),
  end_seconds REAL NOT NULL,
  fold TEXT,
  group_key TEXT,
  source TEXT NOT NULL DEFAULT '{}', -- JSON: the fields the dataset's own row had
  UNIQUE (recording_id, start_seconds, end_seconds),
  CHECK (end_seconds > start_seconds)
) STRICT, WITHOUT ROWID;
CREATE INDEX clips_by_fold ON clips (fold);
CREATE INDEX clips_by_group ON clips (group_key);

-- A judged class; no row means unknown, which is not absent.
CREATE TABLE clip_labels (
  clip_id TEXT NOT NULL REFERENCES clips (id),
  class_id TEXT NOT NULL REFERENCES ontology_classes (id),
  state TEXT NOT NULL CHECK (state IN ('present', 'absent')),
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (clip_id, class_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_labels_by_class ON clip_labels (class_id, state, clip_id);

CREATE TABLE annotations (
  id TEXT PRIMARY KEY,
  clip_id TEXT NOT NULL REFERENCES clips (id),
  start_seconds REAL NOT NULL CHECK (start_seconds >= 0),
  end_seconds REAL NOT NULL,
  low_hz REAL,
  high_hz REAL,
  tier TEXT NOT NULL DEFAULT 'human',
  author TEXT NOT NULL,
  score REAL CHECK (score BETWEEN 0 AND 1),
  note TEXT NOT NULL DEFAULT '',
  CHECK (end_seconds > start_seconds),
  CHECK (low_hz IS NULL OR high_hz IS NULL OR high_hz > low_hz)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotations_by_clip ON annotations (clip_id, start_seconds);

CREATE TABLE annotation_labels (
  annotation_id TEXT NOT NULL REFERENCES annotations (id),
  class_id TEXT NOT NULL REFERENCES ontology_classes (id),
  state TEXT NOT NULL CHECK (state IN ('present', 'absent')),
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (annotation_id, class_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_labels_by_class ON annotation_labels (class_id);

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  recipe TEXT NOT NULL, -- JSON
  recipe_hash TEXT NOT NULL,
  split TEXT NOT NULL, -- JSON
  query TEXT NOT NULL, -- JSON
  classes TEXT NOT NULL, -- JSON [{ id, name }]: the order of every score vector
  requested_backend TEXT NOT NULL,
  backend TEXT,
  backend_reason TEXT,
  backend_device TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  seconds REAL,
  accuracy REAL,
  clip_count INTEGER NOT NULL,
  error TEXT -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE run_folds (
  run_id TEXT NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  train_count INTEGER NOT NULL,
  validation_count INTEGER,
  test_count INTEGER NOT NULL,
  seconds REAL,
  best_epoch INTEGER,
  parameters INTEGER,
  accuracy REAL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_epochs (
  run_id TEXT NOT NULL REFERENCES runs (id),
  fold TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  loss REAL NOT NULL,
  accuracy REAL NOT NULL,
  validation_loss REAL,
  validation_accuracy REAL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run_id, fold, epoch)
) STRICT, WITHOUT ROWID;

-- clip_id has no foreign key on purpose: undoing an import must not destroy what a run has measured,
-- and redoing it brings the same ids back. The same holds for the classes.
CREATE TABLE predictions (
  run_id TEXT NOT NULL REFERENCES runs (id),
  clip_id TEXT NOT NULL,
  fold TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('test', 'new', 'trained')),
  truth_class_id TEXT, -- the clip's single present class when it was predicted
  predicted_class_id TEXT NOT NULL,
  score REAL NOT NULL,
  scores BLOB NOT NULL, -- float32, little-endian, in the order of runs.classes
  PRIMARY KEY (run_id, clip_id)
) STRICT, WITHOUT ROWID;
-- Covers what lists ask, so that they do not read past the scores.
CREATE INDEX predictions_by_class ON predictions (run_id, predicted_class_id, clip_id, origin, score);

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  -- open: an import that is still adding; abandoned: undone, and then another edit was made.
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'undone', 'abandoned')),
  change_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX journal_by_state ON journal (state, seq);

CREATE TABLE journal_changes (
  entry_seq INTEGER NOT NULL REFERENCES journal (seq),
  position INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL, -- JSON array of the primary key
  before TEXT, -- JSON of the row; null: it did not exist
  after TEXT, -- JSON of the row; null: it was removed
  PRIMARY KEY (entry_seq, position),
  CHECK (before IS NOT NULL OR after IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_changes_by_row ON journal_changes (table_name, row_key, entry_seq);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('import', 'sample', 'train', 'predict', 'export')),
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
CREATE INDEX jobs_by_status ON jobs (status);
CREATE INDEX jobs_by_run ON jobs (run_id);

CREATE TABLE job_issues (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  row INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;
