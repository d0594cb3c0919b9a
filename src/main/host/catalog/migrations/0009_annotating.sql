-- Annotating: what somebody cannot tell, locked tiers, where segments come from, and what was said to proposals.

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
