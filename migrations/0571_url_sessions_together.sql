-- A bucket's policy has room for so many names of sessions. When more of a project ended than that, all that began before end
-- together, and whoever is let in still gets another one: one row then stands for its own number and all below.

ALTER TABLE ended_url_session ADD COLUMN with_all_before boolean NOT NULL DEFAULT false;
