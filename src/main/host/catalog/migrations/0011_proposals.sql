-- Pre-annotations: what a run said of a segment that it proposed, beyond the one score that every segment may have.

-- Named by ids and names, because a run may go. A proposal that an import brought has no row here.
CREATE TABLE annotation_proposals (
  annotation_key INTEGER PRIMARY KEY REFERENCES annotations (key),
  run_id TEXT NOT NULL,
  run_name TEXT NOT NULL,
  fold TEXT NOT NULL, -- whose model; 'all' is the mean of every fold's
  basis TEXT NOT NULL CHECK (basis IN ('test', 'new', 'trained')), -- what the clip was to the model, as for predictions
  model_hash TEXT NOT NULL, -- of the weights
  window_seconds REAL NOT NULL CHECK (window_seconds > 0),
  hop_seconds REAL NOT NULL CHECK (hop_seconds > 0),
  floor REAL NOT NULL CHECK (floor BETWEEN 0 AND 1),
  mean_score REAL NOT NULL CHECK (mean_score BETWEEN 0 AND 1), -- the segment's own score is the peak
  windows INTEGER NOT NULL CHECK (windows > 0),
  at INTEGER NOT NULL -- milliseconds since 1970
) STRICT;
CREATE INDEX annotation_proposals_by_run ON annotation_proposals (run_id);
CREATE TABLE aside_annotation_proposals (
  annotation_key INTEGER PRIMARY KEY, run_id TEXT, run_name TEXT, fold TEXT, basis TEXT, model_hash TEXT,
  window_seconds REAL, hop_seconds REAL, floor REAL, mean_score REAL, windows INTEGER, at INTEGER
) STRICT;

-- Finds the clips whose proposals wait.
CREATE INDEX annotations_of_models ON annotations (clip_key) WHERE tier = 'model';
