-- Who used what how often, as the Million Song Dataset's Taste Profile tells of listeners and songs: what latent-factor
-- models are fitted to. Rows come by the ten million, so they are journaled as ranges of keys only, and nothing is looked
-- up row by row when they go: whoever adds a row has its owners.

CREATE TABLE interaction_users (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE -- as the dataset calls them
) STRICT;

CREATE TABLE interaction_items (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE interactions (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  user_key INTEGER NOT NULL,
  item_key INTEGER NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  UNIQUE (user_key, item_key)
) STRICT;

-- The clips that an item is heard in: their recording is called as the item, or their metadata names it.
CREATE TABLE interaction_clips (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  item_key INTEGER NOT NULL,
  clip_key INTEGER NOT NULL,
  UNIQUE (item_key, clip_key)
) STRICT;
CREATE INDEX interaction_clips_by_clip ON interaction_clips (clip_key);

CREATE TABLE aside_interaction_users (key INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE TABLE aside_interaction_items (key INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE TABLE aside_interactions (
  key INTEGER PRIMARY KEY, user_key INTEGER, item_key INTEGER, count INTEGER
) STRICT;
CREATE TABLE aside_interaction_clips (key INTEGER PRIMARY KEY, item_key INTEGER, clip_key INTEGER) STRICT;
