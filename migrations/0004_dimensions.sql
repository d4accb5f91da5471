-- The technical index of each project's VCF files, by object version.

CREATE TABLE vcf_file (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    version_id text NOT NULL,
    etag text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    record_count bigint NOT NULL CHECK (record_count >= 0),
    -- Header order.
    samples text[] NOT NULL,
    -- The CSI index of exactly this version.
    csi bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vcf_file_once UNIQUE (project_id, object_key)
);
CREATE INDEX vcf_file_samples ON vcf_file USING gin (samples);

-- Positions are 1-based and inclusive. Order is the order in the file.
CREATE TABLE vcf_scaffold (
    vcf_file_id bigint NOT NULL REFERENCES vcf_file ON DELETE CASCADE,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    name text NOT NULL,
    record_count bigint NOT NULL CHECK (record_count > 0),
    first_position bigint NOT NULL CHECK (first_position >= 0),
    last_position bigint NOT NULL,
    PRIMARY KEY (vcf_file_id, ordinal),
    CONSTRAINT vcf_scaffold_once UNIQUE (vcf_file_id, name),
    CONSTRAINT vcf_scaffold_range CHECK (last_position >= first_position)
);

-- Files that are VCF by name and are not queried: results of queries, and files with a fault.
CREATE TABLE skipped_file (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    version_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('divbase_generated', 'invalid')),
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT skipped_file_once UNIQUE (project_id, object_key)
);
