-- When a project version was last renamed, described or deleted. Older rows tell when they were made, or deleted.

ALTER TABLE project_version ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE project_version SET updated_at = coalesce(deleted_at, created_at);
