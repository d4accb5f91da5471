-- What an attempt cost, written down with its end. Nothing is known of one whose worker was lost.
ALTER TABLE task_attempt
    ADD COLUMN bytes_read bigint,
    ADD COLUMN bytes_written bigint,
    ADD COLUMN cpu_seconds double precision;
