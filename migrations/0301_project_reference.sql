-- What the files of a project are about: the scaffolds of its reference.
CREATE TABLE project_reference (
    project_id bigint PRIMARY KEY REFERENCES project ON DELETE CASCADE,
    -- Taken from the files themselves, the first one first; from a file that a manager chose; or nothing is compared.
    mode text NOT NULL CHECK (mode IN ('files', 'chosen', 'none')),
    -- The file that it was taken from.
    source text,
    names text[] NOT NULL DEFAULT '{}',
    -- In bases.
    lengths bigint[] NOT NULL DEFAULT '{}',
    -- MD5 in hexadecimal digits; empty if it is not known.
    digests text[] NOT NULL DEFAULT '{}',
    -- Other names of scaffolds, and what they stand for.
    aliases text[] NOT NULL DEFAULT '{}',
    alias_names text[] NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_reference_lists CHECK (
        cardinality(names) = cardinality(lengths) AND cardinality(names) = cardinality(digests)
        AND cardinality(aliases) = cardinality(alias_names)),
    CONSTRAINT project_reference_source CHECK (mode <> 'chosen' OR source IS NOT NULL)
);

-- What contradicts the reference in a version that can be queried, as it was judged last.
ALTER TABLE file_version ADD COLUMN reference_fault text;
