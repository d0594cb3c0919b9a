-- Queries that people keep under a name.
CREATE TABLE saved_views (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  query TEXT NOT NULL, -- in the text form
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

-- What their terms look for among annotations: people (not what came with a dataset), and notes.
CREATE INDEX annotations_by_author ON annotations (author, clip_key) WHERE author <> 'import';
CREATE INDEX annotation_labels_by_author ON annotation_labels (author, annotation_key) WHERE author <> 'import';
CREATE INDEX annotations_with_note ON annotations (clip_key) WHERE note <> '';
