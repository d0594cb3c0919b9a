-- Several annotators: what each of them heard, what a merge could not decide, and the way of a clip through review.

-- A verdict kept beside the label of the catalog: of two people who judged the same without each other, both stay.
CREATE TABLE opinions (
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  class_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  author TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('merge', 'blind')),
  state INTEGER NOT NULL CHECK (state IN (0, 1)), -- 1 present, 0 absent
  at INTEGER NOT NULL, -- milliseconds since 1970
  PRIMARY KEY (clip_key, class_key, author, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX opinions_by_class ON opinions (class_key, clip_key);

-- Catalogs that were merged in, and which of their edits: the next merge of the same one begins after them.
CREATE TABLE merges (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  other_path TEXT NOT NULL,
  entries TEXT NOT NULL, -- JSON array of the other journal's entry ids
  at TEXT NOT NULL
) STRICT;

-- Who made a change that a merge brought in, and when; the entry itself names the person who merged.
CREATE TABLE journal_origins (
  entry_seq INTEGER NOT NULL REFERENCES journal (seq),
  position INTEGER NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (entry_seq, position)
) STRICT, WITHOUT ROWID;

-- What two catalogs changed differently. Values are JSON; ours stands until a person decides.
CREATE TABLE merge_conflicts (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  merge_id TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL, -- the row's own id, or JSON of the ids it consists of
  clip_key INTEGER, -- where it is heard
  field TEXT NOT NULL, -- a column, or '' for the row as a whole
  base TEXT,
  ours TEXT,
  theirs TEXT,
  ours_author TEXT,
  ours_at TEXT,
  theirs_author TEXT,
  theirs_at TEXT,
  reason TEXT NOT NULL,
  decision TEXT NOT NULL DEFAULT 'open' CHECK (decision IN ('open', 'ours', 'theirs')),
  decided_by TEXT,
  decided_at TEXT,
  CHECK ((decision = 'open') = (decided_by IS NULL))
) STRICT;
CREATE INDEX merge_conflicts_by_decision ON merge_conflicts (decision, key);
CREATE INDEX merge_conflicts_by_row ON merge_conflicts (table_name, row_id);
CREATE INDEX merge_conflicts_by_clip ON merge_conflicts (clip_key) WHERE clip_key IS NOT NULL;

CREATE TABLE review_comments (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX review_comments_by_clip ON review_comments (clip_key, key);

-- Clips drawn to be judged once more without seeing labels or authors.
CREATE TABLE blind_samples (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  seed INTEGER NOT NULL,
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE blind_sample_clips (
  sample_key INTEGER NOT NULL REFERENCES blind_samples (key),
  position INTEGER NOT NULL,
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  judged_at TEXT,
  PRIMARY KEY (sample_key, position)
) STRICT, WITHOUT ROWID;
