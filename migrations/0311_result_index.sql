-- The version of a result's index: a copy of the result is made of these two versions, whatever lies at their names by then.
-- Results that were registered before have none and are not copied.
ALTER TABLE query_result ADD COLUMN index_version_id text;
