-- Annotating: what somebody cannot tell, locked tiers, where segments come from, what was said to proposals, sessions.

-- Somebody has listened and cannot tell: for training this is unknown, but nobody need listen again. The state makes a
-- row a judgement like a label; a label of the same class stands before it.
CREATE TABLE clip_doubts (
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  class_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  state INTEGER NOT NULL CHECK (state = 2),
  author TEXT NOT NULL,
  at INTEGER NOT NULL, -- milliseconds since 1970
  PRIMARY KEY (clip_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_doubts_by_class ON clip_doubts (class_key, clip_key);
CREATE TABLE annotation_doubts (
  annotation_key INTEGER NOT NULL REFERENCES annotations (key),
  class_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  state INTEGER NOT NULL CHECK (state = 2),
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (annotation_key, class_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_doubts_by_class ON annotation_doubts (class_key);

-- While a row is here, no segment of this tier is edited by hand.
CREATE TABLE tier_locks (
  tier TEXT PRIMARY KEY,
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a segment was made from. The source and the run are named by id, because they may go.
CREATE TABLE annotation_origins (
  annotation_key INTEGER PRIMARY KEY REFERENCES annotations (key),
  act TEXT NOT NULL CHECK (act IN ('copied', 'split', 'accepted', 'edited')),
  source_id TEXT,
  run_id TEXT,
  score REAL CHECK (score BETWEEN 0 AND 1),
  author TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- What a person said to a segment that a model proposed.
CREATE TABLE annotation_verdicts (
  annotation_key INTEGER PRIMARY KEY REFERENCES annotations (key),
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'edited', 'rejected')),
  author TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- A label of a clip that began as a run's prediction: by whom it was taken, or refused, and with what score.
CREATE TABLE label_origins (
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  class_key INTEGER NOT NULL, -- perhaps of a class that has been merged into another one since
  act TEXT NOT NULL CHECK (act IN ('accepted', 'edited', 'rejected', 'rated')),
  run_id TEXT,
  score REAL CHECK (score BETWEEN 0 AND 1),
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (clip_key, class_key)
) STRICT, WITHOUT ROWID;

-- From which score on a run's proposals are shown; a way of looking, and so not journaled.
CREATE TABLE run_thresholds (
  run_key INTEGER NOT NULL REFERENCES runs (key),
  class_key INTEGER NOT NULL,
  threshold REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
  PRIMARY KEY (run_key, class_key)
) STRICT, WITHOUT ROWID;

-- Work at the annotator, as it was observed, and so not journaled.
CREATE TABLE work_sessions (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('annotate', 'rate')),
  author TEXT NOT NULL,
  query TEXT NOT NULL, -- as written
  gold_query TEXT, -- of clips whose labels are known, mixed in to be rated blindly
  gold_rate REAL CHECK (gold_rate BETWEEN 0 AND 1),
  seed INTEGER NOT NULL DEFAULT 0,
  started_at TEXT NOT NULL,
  seconds REAL NOT NULL DEFAULT 0, -- at work: pauses are left out
  clips INTEGER NOT NULL DEFAULT 0,
  segments INTEGER NOT NULL DEFAULT 0,
  keystrokes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE session_verdicts (
  session_key INTEGER NOT NULL REFERENCES work_sessions (key),
  position INTEGER NOT NULL,
  clip_key INTEGER NOT NULL,
  start_seconds REAL, -- of the part that was heard, in the recording; null: the whole clip
  class_key INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('present', 'absent', 'unsure')),
  gold TEXT CHECK (gold IN ('present', 'absent')), -- what is known of a gold clip; null: it is none
  keystrokes INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (session_key, position, class_key)
) STRICT, WITHOUT ROWID;
