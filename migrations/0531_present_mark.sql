-- Pages ask whether the present state of a project is still the one that they know. With this they read no row of it.
CREATE INDEX present_file_mark ON present_file (project_id) INCLUDE (file_version_id, updated_at);
