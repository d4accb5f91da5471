//! What a file is, told by its name alone: objects of a project need not be fetched to be recognised.

use crate::limits::{PIECES_PREFIX, RESULT_PREFIX};

/// Whether an object is VCF or BCF by name. Which of them it is, its content tells.
#[must_use]
pub fn is_vcf(key: &str) -> bool {
    [".vcf.gz", ".vcf", ".bcf"]
        .iter()
        .any(|ending| key.ends_with(ending))
}

/// Whether an object is the result of a query: in the bucket's root, `result_of_job_<number>.vcf.gz` or `.bcf`.
#[must_use]
pub fn is_result(key: &str) -> bool {
    is_numbered(key, &[".vcf.gz", ".bcf"])
}

/// Whether the service writes an object of this name: result, index or log of a numbered task. What else begins like them
/// is a user's, from a time or a program that did not know the rule.
#[must_use]
pub fn is_written_by_service(key: &str) -> bool {
    is_numbered(key, &[".vcf.gz", ".vcf.gz.csi", ".bcf", ".bcf.csi", ".log"])
}

/// The query task whose window left an object of this name, if one did.
#[must_use]
pub fn task_of_piece(key: &str) -> Option<i64> {
    let (task, _) = key.strip_prefix(PIECES_PREFIX)?.split_once('/')?;
    task.parse().ok()
}

/// The task that writes an object of this name, result, index, log or what a window of it left.
#[must_use]
pub fn task_of_written(key: &str) -> Option<i64> {
    task_of_piece(key).or_else(|| {
        let (task, _) = key.strip_prefix(RESULT_PREFIX)?.split_once('.')?;
        task.parse().ok().filter(|_| is_written_by_service(key))
    })
}

fn is_numbered(key: &str, endings: &[&str]) -> bool {
    let rest = key.strip_prefix(RESULT_PREFIX);
    let number = rest.and_then(|rest| endings.iter().find_map(|ending| rest.strip_suffix(ending)));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether a name belongs to the service: users neither write nor restore it.
///
/// That is every name that begins with [`RESULT_PREFIX`], not only names of results. Clients hide all of them, listings of
/// project versions leave all of them out, and what queries write tomorrow beside result, index and log needs no new rule.
/// Such a name in a folder is a user's like any other.
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    key.starts_with(RESULT_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_told_by_their_whole_name() {
        assert!(is_result("result_of_job_7.vcf.gz") && is_result("result_of_job_7.bcf"));
        for other in [
            "result_of_job_.vcf.gz",
            "result_of_job_x.vcf.gz",
            "a/result_of_job_7.vcf.gz",
            "result_of_job_7.log",
        ] {
            assert!(!is_result(other), "{other}");
        }
        for written in [
            "result_of_job_7.vcf.gz",
            "result_of_job_7.vcf.gz.csi",
            "result_of_job_7.bcf",
            "result_of_job_7.bcf.csi",
            "result_of_job_7.log",
        ] {
            assert!(is_written_by_service(written), "{written}");
        }
        for other in [
            "result_of_job_notes.txt",
            "result_of_job_.log",
            "result_of_job_7.vcf.gz.tbi",
        ] {
            assert!(!is_written_by_service(other), "{other}");
        }
        assert!(is_reserved("result_of_job_x/a.txt") && !is_reserved("a/result_of_job_7.vcf.gz"));
        assert_eq!(task_of_piece("result_of_job_pieces/7/12.csi"), Some(7));
        assert_eq!(task_of_piece("result_of_job_pieces/x/12"), None);
        assert_eq!(task_of_piece("a/result_of_job_pieces/7/12"), None);
        assert!(is_reserved("result_of_job_pieces/7/12"));
        assert_eq!(task_of_written("result_of_job_7.vcf.gz.csi"), Some(7));
        assert_eq!(task_of_written("result_of_job_pieces/8/1"), Some(8));
        assert_eq!(task_of_written("result_of_job_7.txt"), None);
        assert!(is_vcf("a.vcf.gz") && is_vcf("a/b.vcf") && is_vcf("c.bcf"));
        assert!(!is_vcf("a.vcf.gz.csi") && !is_vcf("c.bcf.csi"));
    }
}
