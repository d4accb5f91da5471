-- How much a project may have. Where an administrator has said nothing, the service's own numbers hold.

ALTER TABLE project
    ADD COLUMN versions_limit integer CHECK (versions_limit >= 0),
    ADD COLUMN folders_limit integer CHECK (folders_limit >= 0),
    ADD COLUMN waiting_limit integer CHECK (waiting_limit >= 0);

-- Folders are keys that end with a slash.
CREATE INDEX key_usage_folder ON key_usage (project_id) WHERE object_key LIKE '%/';
