-- How much waited on each queue, once a minute, for the administrators' pictures of the last day and week.
CREATE TABLE queue_sample (
    at timestamptz NOT NULL,
    queue text NOT NULL,
    waiting bigint NOT NULL,
    -- How long the oldest had waited since it could run; 0 if none waited.
    oldest_seconds double precision NOT NULL,
    running bigint NOT NULL,
    PRIMARY KEY (at, queue)
);
