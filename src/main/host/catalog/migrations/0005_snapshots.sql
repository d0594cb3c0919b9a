-- Snapshots, and when entries of the history were undone and made again.

-- Text by its own content, deflated: what two snapshots have in common is kept once.
CREATE TABLE snapshot_chunks (
  key INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE, -- SHA-256 of the text
  data BLOB NOT NULL
) STRICT;

CREATE TABLE snapshots (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT, -- null: made by the start of a run, and never named
  note TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL,
  at TEXT NOT NULL,
  content_hash TEXT NOT NULL, -- of its manifest, which is a chunk and names all others
  ontology_hash TEXT NOT NULL,
  ontology_version INTEGER NOT NULL, -- the number of ontology_versions
  clip_count INTEGER NOT NULL,
  label_count INTEGER NOT NULL,
  segment_count INTEGER NOT NULL
) STRICT;
-- Not unique, and no more is the name: what was deleted must always be able to come back.
CREATE INDEX snapshots_by_content ON snapshots (content_hash);

-- No foreign key: a run tells what it was trained on also by a catalog that has been put back to an earlier day.
ALTER TABLE runs ADD COLUMN snapshot_id TEXT;

-- When an entry came into force, was undone or made again: for opening the catalog as it was.
CREATE TABLE journal_moves (
  key INTEGER PRIMARY KEY,
  entry_seq INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'undone')),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX journal_moves_by_entry ON journal_moves (entry_seq, key);
CREATE TRIGGER journal_moved AFTER UPDATE OF state ON journal
  WHEN old.state <> new.state AND new.state IN ('done', 'undone')
BEGIN
  INSERT INTO journal_moves (entry_seq, state, at) VALUES (new.seq, new.state, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
END;
