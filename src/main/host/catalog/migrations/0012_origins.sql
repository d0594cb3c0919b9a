-- Which proposal a segment was taken from stays known where the proposal is gone, or was never here: imports bring it.

ALTER TABLE annotation_origins ADD COLUMN run_name TEXT; -- or who made the proposal, where an import brought it
ALTER TABLE annotation_origins ADD COLUMN fold TEXT; -- whose model; 'all' is the mean of every fold's

CREATE TABLE aside_annotation_origins (
  annotation_key INTEGER PRIMARY KEY, act TEXT, source_id TEXT, run_id TEXT, score REAL, author TEXT, at INTEGER,
  run_name TEXT, fold TEXT
) STRICT;
