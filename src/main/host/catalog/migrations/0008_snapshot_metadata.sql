-- Snapshots hold the metadata of clips, licence and attribution among them.

-- How many values of metadata it holds; null for one that was made before they did.
ALTER TABLE snapshots ADD COLUMN metadata_count INTEGER;
