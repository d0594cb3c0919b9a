-- Rating sessions: segments one after another, the classes to judge on each, and how each was judged.

CREATE TABLE rating_sessions (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan TEXT NOT NULL, -- JSON: which clips, which classes, how long a segment, how much gold
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

CREATE TABLE rating_items (
  session_key INTEGER NOT NULL REFERENCES rating_sessions (key),
  position INTEGER NOT NULL,
  clip_key INTEGER NOT NULL REFERENCES clips (key),
  start_seconds REAL NOT NULL, -- in the recording
  end_seconds REAL NOT NULL,
  is_gold INTEGER NOT NULL CHECK (is_gold IN (0, 1)), -- its verdicts never become labels
  classes TEXT NOT NULL, -- JSON: [class id, score of who proposed it or null] of each
  skipped_by TEXT,
  active_ms INTEGER NOT NULL DEFAULT 0, -- spent on skipping it
  key_count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (session_key, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_items_by_clip ON rating_items (clip_key);

-- What somebody said of a class on a segment, and how long it took: classes by id, so that a verdict outlives its class.
CREATE TABLE rating_verdicts (
  session_key INTEGER NOT NULL,
  position INTEGER NOT NULL,
  class_id TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('present', 'absent', 'unsure')),
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  active_ms INTEGER NOT NULL,
  key_count INTEGER NOT NULL,
  PRIMARY KEY (session_key, position, class_id),
  FOREIGN KEY (session_key, position) REFERENCES rating_items (session_key, position)
) STRICT, WITHOUT ROWID;
