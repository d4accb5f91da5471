//! What a file is, told by its name alone: objects of a project need not be fetched to be recognised.

use crate::limits::RESULT_PREFIX;

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
        assert!(is_vcf("a.vcf.gz") && is_vcf("a/b.vcf") && is_vcf("c.bcf"));
        assert!(!is_vcf("a.vcf.gz.csi") && !is_vcf("c.bcf.csi"));
    }
}
