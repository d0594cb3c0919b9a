-- The ontology: what a class is, where it stands in the tree, and every state that the tree has had.

-- Null where nothing is said, as in rows that the history kept before these columns were.
ALTER TABLE ontology_classes ADD COLUMN description TEXT;
ALTER TABLE ontology_classes ADD COLUMN synonyms TEXT CHECK (json_valid(synonyms)); -- JSON array of names
ALTER TABLE ontology_classes ADD COLUMN colour TEXT; -- #rrggbb; null: one of the palette, by the id
ALTER TABLE ontology_classes ADD COLUMN quick_code TEXT; -- typed to label
ALTER TABLE ontology_classes ADD COLUMN is_abstract INTEGER CHECK (is_abstract = 1); -- a heading: no label
ALTER TABLE ontology_classes ADD COLUMN is_blacklisted INTEGER CHECK (is_blacklisted = 1); -- too vague: no label
CREATE UNIQUE INDEX ontology_classes_by_quick_code ON ontology_classes (quick_code COLLATE NOCASE)
  WHERE quick_code IS NOT NULL;
CREATE INDEX ontology_classes_by_mid ON ontology_classes (mid) WHERE mid IS NOT NULL;

-- A class may stand under several others, never under itself.
CREATE TABLE class_parents (
  child_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  parent_key INTEGER NOT NULL REFERENCES ontology_classes (key),
  PRIMARY KEY (child_key, parent_key),
  CHECK (child_key <> parent_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX class_parents_by_parent ON class_parents (parent_key, child_key);

-- Each state of the ontology once, under the number it got when it was first seen.
CREATE TABLE ontology_versions (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  content_hash TEXT NOT NULL UNIQUE, -- SHA-256 of the canonical JSON, in hexadecimal digits
  state BLOB NOT NULL, -- the canonical JSON, deflated: half a megabyte for AudioSet's classes otherwise
  class_count INTEGER NOT NULL,
  at TEXT NOT NULL
) STRICT;
