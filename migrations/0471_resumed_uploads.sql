-- Whose an upload in parts is, where it goes, and the client's own name for it: with that it is found again by a client that never
-- learnt the store's.

ALTER TABLE promised_upload
    ADD COLUMN object_key text,
    ADD COLUMN user_id bigint REFERENCES app_user ON DELETE SET NULL,
    ADD COLUMN resume_token text;
CREATE INDEX promised_upload_token ON promised_upload (project_id, resume_token) WHERE resume_token IS NOT NULL;
CREATE INDEX promised_upload_user ON promised_upload (user_id) WHERE user_id IS NOT NULL;
