//! What is done to a project's files, in the audit log. The store knows no transaction of ours: an entry is written before what
//! it tells is done, so that nothing is done that the log does not tell.

use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, audit::NewEntry};

/// Most bytes of names in an entry.
const MOST: usize = 4_000;

/// As many whole names as fit, one a line.
fn listed(names: &[impl AsRef<str>]) -> String {
    let mut list = String::new();
    for name in names.iter().map(AsRef::as_ref) {
        if list.len() + name.len() >= MOST {
            break;
        }
        if !list.is_empty() {
            list.push('\n');
        }
        list.push_str(name);
    }
    list
}

impl Db {
    /// Notes that files are deleted or restored: how many, and as many of their names as fit.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_files(
        &self,
        project_id: i64,
        action: AuditAction,
        names: &[impl AsRef<str>],
        by: &Origin,
    ) -> Result<()> {
        let entry = NewEntry::of_project(action, project_id)
            .with("files", Some(names.len()))
            .with("names", Some(listed(names)));
        entry.commit(self.begin().await?, by).await
    }

    /// Notes that a file gets another name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_move(
        &self,
        project_id: i64,
        from: &str,
        to: &str,
        by: &Origin,
    ) -> Result<()> {
        let entry = NewEntry::of_project(AuditAction::FileMoved, project_id)
            .with("from", Some(from))
            .with("to", Some(to));
        entry.commit(self.begin().await?, by).await
    }

    /// Notes that versions of files are destroyed: how many, of how many bytes, and the first of their keys.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_purge(
        &self,
        project_id: i64,
        (versions, bytes): (usize, u64),
        first: &str,
        by: &Origin,
    ) -> Result<()> {
        let entry = NewEntry::of_project(AuditAction::FilesPurged, project_id)
            .with("versions", Some(versions))
            .with("bytes", Some(bytes))
            .with("first", Some(first));
        entry.commit(self.begin().await?, by).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_listed_as_long_as_they_fit() {
        assert_eq!(listed(&["a.txt", "b.txt"]), "a.txt\nb.txt");
        let long = vec!["x".repeat(1_000); 10];
        let list = listed(&long);
        assert!(list.len() <= MOST && list.lines().all(|line| line.len() == 1_000));
        assert_eq!(list.lines().count(), 3);
    }
}
