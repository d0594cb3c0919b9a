-- The catalog as first released. A released migration never changes; the next change is file 0002.
-- Times of day are ISO 8601 UTC text; spans are seconds in the recording; ids are UUIDv7 text, stable
-- across catalogs; keys are this catalog's own numbers for the same rows, and never used twice.

PRAGMA application_id = 1161908845; -- "EARm"

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roots (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  added_at TEXT NOT NULL
) STRICT;

-- What is known of the sound file is known whole or not at all: a dataset may name recordings that nobody has here.
CREATE TABLE recordings (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  root_key INTEGER NOT NULL REFERENCES roots (key),
  path TEXT NOT NULL, -- relative to the root, forward slashes
  content_hash TEXT,
  size_bytes INTEGER,
  modified_ms REAL,
  format TEXT,
  sample_rate_hz REAL CHECK (sample_rate_hz > 0),
  channel_count INTEGER CHECK (channel_count > 0),
  duration_seconds REAL CHECK (duration_seconds > 0), -- may be known alone
  is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1)),
  UNIQUE (path, root_key), -- in this order it is the order of the library too
  CHECK (
    (content_hash IS NULL) = (size_bytes IS NULL)
    AND (content_hash IS NULL) = (modified_ms IS NULL)
    AND (content_hash IS NULL) = (format IS NULL)
    AND (content_hash IS NULL) = (sample_rate_hz IS NULL)
    AND (content_hash IS NULL) = (channel_count IS NULL)
    AND (content_hash IS NULL OR duration_seconds IS NOT NULL)
  )
) STRICT;
CREATE INDEX recordings_missing ON recordings (key) WHERE is_missing = 1;
CREATE INDEX recordings_by_hash ON recordings (content_hash) WHERE content_hash IS NOT NULL;

-- A recording without facts is missing, however it came to have none.
CREATE TRIGGER recordings_without_sound_inserted AFTER INSERT ON recordings
  WHEN new.content_hash IS NULL AND new.is_missing = 0
BEGIN
  UPDATE recordings SET is_missing = 1 WHERE key = new.key;
END;
CREATE TRIGGER recordings_without_sound_updated AFTER UPDATE OF content_hash, is_missing ON recordings
  WHEN new.content_hash IS NULL AND new.is_missing = 0
BEGIN
  UPDATE recordings SET is_missing = 1 WHERE key = new.key;
END;

CREATE TABLE ontology_classes (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  code INTEGER,
  mid TEXT
) STRICT;
CREATE INDEX ontology_classes_by_folded_name ON ontology_classes (name COLLATE NOCASE);

CREATE TABLE clips (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  recording_key INTEGER NOT NULL REFERENCES recordings (key),
  start_seconds REAL NOT NULL CHECK (start_seconds >= 0),
  end_seconds REAL NOT NULL,
  fold TEXT,
  split TEXT CHECK (split IN ('train', 'validation', 'test')),
  group_key TEXT, -- a name, not a key of a table
  status TEXT NOT NULL DEFAULT 'unlabeled'
    CHECK (status IN ('unlabeled', 'done', 'reviewed', 'accepted', 'returned')),
  is_fully_annotated INTEGER NOT NULL DEFAULT 0 CHECK (is_fully_annotated IN (0, 1)),
  note TEXT NOT NULL DEFAULT '',
  UNIQUE (recording_key, start_seconds, end_seconds),
  CHECK (end_seconds > start_seconds)
) STRICT;
CREATE INDEX clips_by_group ON clips (group_key) WHERE group_key IS NOT NULL;
CREATE INDEX clips_by_status ON clips (status) WHERE status <> 'unlabeled';
CREATE INDEX clips_with_note ON clips (key) WHERE note <> '';
CREATE INDEX clips_fully_annotated ON clips (key) WHERE is_fully_annotated = 1;

-- Names of metadata, kept once. They are only ever added, so the history does not hold them.
CREATE TABLE metadata_names (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE clip_metadata (
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  name_key INTEGER NOT NULL REFERENCES metadata_names (key),
  value TEXT NOT NULL,
  PRIMARY KEY (clip_key, name_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_metadata_by_value ON clip_metadata (name_key, value, clip_key);

-- A judged class; no row means unknown, which is not absent.
CREATE TABLE clip_labels (
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  class_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  state INTEGER NOT NULL CHECK (state IN (0, 1)), -- 1 present, 0 absent
  author TEXT NOT NULL,
  at INTEGER NOT NULL, -- milliseconds since 1970: there are millions of them
  PRIMARY KEY (clip_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_labels_by_class ON clip_labels (class_key, state, clip_key);
CREATE INDEX clip_labels_by_author ON clip_labels (author, clip_key) WHERE author <> 'import';

CREATE TABLE annotations (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  clip_key INTEGER NOT NULL REFERENCES clips (key),
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
) STRICT;
CREATE INDEX annotations_by_clip ON annotations (clip_key, start_seconds);

CREATE TABLE annotation_labels (
  annotation_key INTEGER NOT NULL REFERENCES annotations (key),
  class_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  state INTEGER NOT NULL CHECK (state IN (0, 1)),
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (annotation_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_labels_by_class ON annotation_labels (class_key);

-- Features that came with a dataset, as AudioSet's 128 numbers a second.
CREATE TABLE embeddings (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  name TEXT NOT NULL,
  frames INTEGER NOT NULL CHECK (frames > 0),
  dimensions INTEGER NOT NULL CHECK (dimensions > 0),
  dtype TEXT NOT NULL CHECK (dtype IN ('uint8', 'float32')),
  data BLOB NOT NULL, -- frame by frame; float32 is little-endian
  UNIQUE (clip_key, name),
  CHECK (length(data) = frames * dimensions * CASE dtype WHEN 'uint8' THEN 1 ELSE 4 END)
) STRICT;

CREATE TABLE runs (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  recipe TEXT NOT NULL, -- JSON
  recipe_hash TEXT NOT NULL,
  split TEXT NOT NULL, -- JSON
  query TEXT NOT NULL, -- JSON
  classes TEXT NOT NULL, -- JSON [{ id, name, key }]: the order of every score vector
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
) STRICT;

CREATE TABLE run_folds (
  run_key INTEGER NOT NULL REFERENCES runs (key),
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  train_count INTEGER NOT NULL,
  validation_count INTEGER,
  test_count INTEGER NOT NULL,
  seconds REAL,
  best_epoch INTEGER,
  parameters INTEGER,
  accuracy REAL,
  PRIMARY KEY (run_key, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_epochs (
  run_key INTEGER NOT NULL REFERENCES runs (key),
  fold TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  loss REAL NOT NULL,
  accuracy REAL NOT NULL,
  validation_loss REAL,
  validation_accuracy REAL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run_key, fold, epoch)
) STRICT, WITHOUT ROWID;

-- clip_key has no foreign key on purpose: undoing an import must not destroy what a run has measured,
-- and redoing it brings the same keys back. The same holds for the classes. A key is never used twice.
CREATE TABLE predictions (
  run_key INTEGER NOT NULL REFERENCES runs (key),
  clip_key INTEGER NOT NULL,
  fold TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('test', 'new', 'trained')),
  truth_class_key INTEGER, -- the clip's single present class when it was predicted
  predicted_class_key INTEGER NOT NULL,
  score REAL NOT NULL,
  scores BLOB NOT NULL, -- float32, little-endian, in the order of runs.classes
  PRIMARY KEY (run_key, clip_key)
) STRICT, WITHOUT ROWID;
-- Covers what lists ask, so that they do not read past the scores.
CREATE INDEX predictions_by_class ON predictions (run_key, predicted_class_key, clip_key, origin, score);

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

-- Rows that an import made, by their keys: a journal of millions of rows is a few ranges. Rows without a key of
-- their own (labels, metadata) are counted by the range of keys of their clips or annotations. One position holds
-- the ranges that were filled together; it stands in one order with the positions of journal_changes.
CREATE TABLE journal_ranges (
  entry_seq INTEGER NOT NULL REFERENCES journal (seq),
  position INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  first_key INTEGER NOT NULL,
  last_key INTEGER NOT NULL,
  row_count INTEGER NOT NULL CHECK (row_count > 0),
  PRIMARY KEY (entry_seq, position, table_name),
  CHECK (last_key >= first_key)
) STRICT, WITHOUT ROWID;

-- Where the rows of ranges wait while they are undone, column for column; redoing brings them back as they were.
CREATE TABLE aside_recordings (
  key INTEGER PRIMARY KEY, id TEXT, root_key INTEGER, path TEXT, content_hash TEXT, size_bytes INTEGER, modified_ms REAL,
  format TEXT, sample_rate_hz REAL, channel_count INTEGER, duration_seconds REAL, is_missing INTEGER
) STRICT;
CREATE TABLE aside_clips (
  key INTEGER PRIMARY KEY, id TEXT, recording_key INTEGER, start_seconds REAL, end_seconds REAL, fold TEXT, split TEXT,
  group_key TEXT, status TEXT, is_fully_annotated INTEGER, note TEXT
) STRICT;
CREATE TABLE aside_clip_metadata (
  clip_key INTEGER, name_key INTEGER, value TEXT, PRIMARY KEY (clip_key, name_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE aside_clip_labels (
  clip_key INTEGER, class_key INTEGER, state INTEGER, author TEXT, at INTEGER, PRIMARY KEY (clip_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE aside_annotations (
  key INTEGER PRIMARY KEY, id TEXT, clip_key INTEGER, start_seconds REAL, end_seconds REAL, low_hz REAL, high_hz REAL,
  tier TEXT, author TEXT, score REAL, note TEXT
) STRICT;
CREATE TABLE aside_annotation_labels (
  annotation_key INTEGER, class_key INTEGER, state INTEGER, author TEXT, at INTEGER,
  PRIMARY KEY (annotation_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE aside_embeddings (
  key INTEGER PRIMARY KEY, clip_key INTEGER, name TEXT, frames INTEGER, dimensions INTEGER, dtype TEXT, data BLOB
) STRICT;

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
