-- What is known of a project's VCF files. A version of a file never changes, so what was read of it once holds for good;
-- which version of a file is the present one is said apart from it.

-- Lists of text that many files share: the samples of a cohort that is cut by scaffold, the scaffolds of one that is cut
-- by samples, the declarations of a header. Each list is stored once a project.
CREATE TABLE text_list (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    -- Of the items, each with its length before it.
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    items text[] NOT NULL,
    CONSTRAINT text_list_once UNIQUE (project_id, sha256)
);

-- One version of a file that is VCF by name. Positions are 1-based and inclusive.
CREATE TABLE file_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    version_id text NOT NULL,
    etag text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    -- It can be queried, is the result of a query, or cannot be used for the fault that is told.
    verdict text NOT NULL CHECK (verdict IN ('vcf', 'result', 'faulty')),
    fault text,
    record_count bigint NOT NULL DEFAULT 0 CHECK (record_count >= 0),
    -- Header order.
    samples_id bigint REFERENCES text_list,
    -- The header's lines that declare something: version of the format, INFO, FORMAT, FILTER, contig.
    header_id bigint REFERENCES text_list,
    -- Scaffolds that have records, in file order, and what is known of each.
    scaffolds_id bigint REFERENCES text_list,
    record_counts bigint[] NOT NULL DEFAULT '{}',
    first_positions bigint[] NOT NULL DEFAULT '{}',
    last_positions bigint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT file_version_once UNIQUE (project_id, object_key, version_id),
    CONSTRAINT file_version_fault CHECK ((verdict = 'faulty') = (fault IS NOT NULL)),
    CONSTRAINT file_version_facts CHECK (
        (verdict = 'vcf') = (samples_id IS NOT NULL AND header_id IS NOT NULL AND scaffolds_id IS NOT NULL)),
    CONSTRAINT file_version_scaffolds CHECK (
        cardinality(first_positions) = cardinality(record_counts)
        AND cardinality(last_positions) = cardinality(record_counts))
);

-- What is derived from a version and read by itself: its CSI index.
CREATE TABLE file_sidecar (
    file_version_id bigint NOT NULL REFERENCES file_version ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]*$'),
    content bytea NOT NULL,
    PRIMARY KEY (file_version_id, kind)
);
-- Compressed already.
ALTER TABLE file_sidecar ALTER COLUMN content SET STORAGE EXTERNAL;

-- A project's present state: from each key to the version that counts.
CREATE TABLE present_file (
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    file_version_id bigint NOT NULL REFERENCES file_version,
    -- Since when the key has been there, and this version of it.
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, object_key)
);
CREATE INDEX present_file_version ON present_file (file_version_id);

-- Wishes that a project's files be looked at, made by object events. A row stays until an update that began after
-- the wish has ended, so that no crash between the two loses it.
CREATE SEQUENCE index_request_number;

CREATE TABLE index_request (
    project_id bigint PRIMARY KEY REFERENCES project ON DELETE CASCADE,
    -- Of the newest event; never used twice. An update answers the number that it found when it began.
    number bigint NOT NULL DEFAULT nextval('index_request_number'),
    -- The first event that no update has been submitted for; nothing if one has been.
    waiting_since timestamptz DEFAULT now(),
    -- Not before this an update is submitted.
    due_at timestamptz NOT NULL,
    -- Updates that were submitted for the newest event and have not answered it.
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0)
);
ALTER SEQUENCE index_request_number OWNED BY index_request.number;

-- Files that have changed, or may have, since the present state was last compared with the bucket. A query asks the
-- store about these keys, and about no other.
CREATE SEQUENCE changed_file_number;

CREATE TABLE changed_file (
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    object_key text NOT NULL,
    -- Of the newest change; never used twice. An update takes one before it lists the bucket.
    number bigint NOT NULL DEFAULT nextval('changed_file_number'),
    -- Until when a change that was only permitted can still come; nothing for one that has happened.
    possible_until timestamptz,
    PRIMARY KEY (project_id, object_key)
);
ALTER SEQUENCE changed_file_number OWNED BY changed_file.number;
