-- Queries that people keep under a name.
CREATE TABLE saved_views (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  query TEXT NOT NULL, -- in the text form
  author TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
