-- What an idempotency key was used for: SHA-256 of the request's method, target and body. A key ends after a day.
ALTER TABLE task ADD COLUMN idempotency_fingerprint bytea
    CHECK (octet_length(idempotency_fingerprint) = 32);
ALTER TABLE task ADD CONSTRAINT task_idempotency_whole
    CHECK ((idempotency_key IS NULL) = (idempotency_fingerprint IS NULL)) NOT VALID;
