-- What is known of each version of a VCF file, for good: a version never changes. `vcf_file` says which version of a
-- key the index shows; queries read the rows of the versions that they were given. Positions are 1-based and inclusive.

CREATE TABLE vcf_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    version_id text NOT NULL,
    etag text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    record_count bigint NOT NULL CHECK (record_count >= 0),
    -- Header order.
    samples text[] NOT NULL,
    -- Scaffolds that have records, in file order, and what is known of each.
    scaffolds text[] NOT NULL,
    record_counts bigint[] NOT NULL,
    first_positions bigint[] NOT NULL,
    last_positions bigint[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vcf_version_once UNIQUE (project_id, object_key, version_id),
    CONSTRAINT vcf_version_scaffolds CHECK (
        cardinality(record_counts) = cardinality(scaffolds)
        AND cardinality(first_positions) = cardinality(scaffolds)
        AND cardinality(last_positions) = cardinality(scaffolds))
);

-- What is derived from a version and read by itself: its CSI index and, later, summaries per block.
CREATE TABLE vcf_sidecar (
    vcf_version_id bigint NOT NULL REFERENCES vcf_version ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]*$'),
    content bytea NOT NULL,
    PRIMARY KEY (vcf_version_id, kind)
);

-- While old code runs, it writes `vcf_file` alone. A version without a row here is indexed when it is needed.
INSERT INTO vcf_version (project_id, object_key, version_id, etag, size_bytes, record_count, samples, scaffolds,
                         record_counts, first_positions, last_positions)
SELECT f.project_id, f.object_key, f.version_id, f.etag, f.size_bytes, f.record_count, f.samples,
       coalesce(array_agg(s.name ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}'),
       coalesce(array_agg(s.record_count ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}'),
       coalesce(array_agg(s.first_position ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}'),
       coalesce(array_agg(s.last_position ORDER BY s.ordinal) FILTER (WHERE s.name IS NOT NULL), '{}')
FROM vcf_file f LEFT JOIN vcf_scaffold s ON s.vcf_file_id = f.id
GROUP BY f.id;

INSERT INTO vcf_sidecar (vcf_version_id, kind, content)
SELECT v.id, 'csi', f.csi
FROM vcf_file f JOIN vcf_version v USING (project_id, object_key, version_id)
WHERE f.csi IS NOT NULL;

-- The results of queries, so that the same plan over the same versions is answered once. A row outlives its task.
CREATE TABLE query_result (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    task_id bigint NOT NULL,
    -- SHA-256 of the plan.
    plan_digest bytea NOT NULL CHECK (octet_length(plan_digest) = 32),
    object_key text NOT NULL,
    version_id text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    -- SHA-256 of the object.
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    record_count bigint NOT NULL CHECK (record_count >= 0),
    sample_count bigint NOT NULL CHECK (sample_count >= 0),
    engine text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT query_result_once UNIQUE (project_id, task_id)
);
CREATE INDEX query_result_plan ON query_result (project_id, plan_digest, id DESC);
