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
