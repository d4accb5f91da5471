-- Projects that everybody may read, without an account.

ALTER TABLE project ADD COLUMN is_public boolean NOT NULL DEFAULT false;

CREATE INDEX project_public ON project (id) WHERE is_public AND is_active AND NOT is_deleted;
