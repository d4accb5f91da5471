-- Bytes of all versions of each key, as the store last told them: a project's sum changes by what a key's changes. A project whose
-- files were never counted in full has none, and its sum is that of the last nightly count until the next one.
CREATE TABLE key_usage (
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL CHECK (octet_length(object_key) BETWEEN 1 AND 1024),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, object_key)
);

-- Since when the sum follows the keys. A new project's bucket is empty.
ALTER TABLE project ADD COLUMN storage_counted_at timestamptz;
ALTER TABLE project ALTER COLUMN storage_counted_at SET DEFAULT now();

-- Promises for files in one piece are kept when their key grows.
CREATE INDEX promised_upload_key ON promised_upload (project_id, object_key) WHERE object_key IS NOT NULL;
