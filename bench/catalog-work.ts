/** What people have done to a generated catalog of AudioSet's size: what its lists have to look through beside the import. */
import type { Database } from '../src/main/host/catalog/database'

/**
 * Notes on 1 % of the clips; of each clip its site (97), recorder (11), licence (3) and a number of its own; labels, absent
 * ones too, of two people; segments, some with notes; statuses; and a run that predicted every clip among ten classes.
 * Does nothing where it has been done.
 */
export function addWork(database: Database): void {
  if (database.get(`SELECT 1 FROM metadata_names WHERE name = 'site'`)) return
  database.sqlite.exec(`
    BEGIN;
    INSERT INTO metadata_names (name) VALUES ('site'), ('recorder'), ('licence'), ('number');
    INSERT INTO clip_metadata SELECT key, 1, 'site ' || (key % 97) FROM clips;
    INSERT INTO clip_metadata SELECT key, 2, 'unit-' || (key % 11) FROM clips;
    INSERT INTO clip_metadata SELECT key, 3, CASE WHEN key % 100 < 60 THEN 'CC BY 4.0' WHEN key % 100 < 95 THEN 'CC0' ELSE 'CC BY-NC 3.0' END FROM clips;
    INSERT INTO clip_metadata SELECT key, 4, 'n' || key FROM clips;
    UPDATE clips SET note = 'wind on the microphone, check ' || key WHERE key % 100 = 0;
    UPDATE clips SET status = CASE key % 40 WHEN 0 THEN 'done' WHEN 1 THEN 'reviewed' WHEN 2 THEN 'accepted' ELSE 'returned' END
      WHERE key % 40 < 4;
    UPDATE clips SET is_fully_annotated = 1 WHERE key % 50 = 0;
    INSERT OR IGNORE INTO clip_labels SELECT key, 1 + key % 500, 0, 'ana', 1 FROM clips WHERE key % 10 = 3;
    INSERT OR IGNORE INTO clip_labels SELECT key, 1 + key % 400, 1, 'ben', 1 FROM clips WHERE key % 100 = 7;
    INSERT INTO annotations (id, clip_key, start_seconds, end_seconds, author, note)
      SELECT 'segment-' || key, key, start_seconds, end_seconds, CASE WHEN key % 3 = 0 THEN 'ana' ELSE 'import' END,
        CASE WHEN key % 1000 = 0 THEN 'two voices at once' ELSE '' END
      FROM clips WHERE key % 20 = 0;
    INSERT INTO runs (id, number, status, recipe, recipe_hash, split, query, classes, requested_backend, created_at, clip_count)
      VALUES ('a-run', 1, 'done', '{"name":"bench"}', '', '{}', '{}', '[]', 'auto', '2026-01-01T00:00:00Z', 0);
    INSERT INTO predictions SELECT 1, key, 'all', 'new', NULL, 1 + key % 10, (key * 7919 % 10007) / 10007.0, zeroblob(40) FROM clips;
    COMMIT;`)
  database.sqlite.pragma('wal_checkpoint(TRUNCATE)')
}
