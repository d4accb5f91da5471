//! What records say of sites and samples.

use super::{Case, Told};
use Told::{Nothing, Refused, Warned};

#[rustfmt::skip]
pub(super) const CASES: &[Case<'_>] = &[
    // REF.
    (
        "REF",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF is", "file0", "file1"]),
    ),
    (
        "REF, the same samples",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "A", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF, some samples shared",
        &[
            ("1", "A B", &["1 10 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 10 . G C . . . GT 0/0 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of a site without ALT",
        &[
            ("1", "A", &["1 10 . A . . . . GT 0/0"]),
            ("1", "B", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of an indel",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . AG A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of an indel and an SNP",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . G A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF in the third file",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . A C . . . GT 0/1"]),
            ("1", "C", &["1 10 . T C . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF later in the files",
        &[
            (
                "1",
                "A",
                &["1 10 . A C . . . GT 0/1", "1 20 . A C . . . GT 0/1"],
            ),
            (
                "1",
                "B",
                &["1 10 . A C . . . GT 0/1", "1 20 . C A . . . GT 0/1"],
            ),
        ],
        Refused(&["1:20", "REF"]),
    ),
    (
        "REF of sites",
        &[
            ("1", "", &["1 10 . A C . . ."]),
            ("1", "", &["1 10 . G C . . ."]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF swapped with ALT",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . C A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF that is longer",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . A G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "REF in another case",
        &[
            ("1", "A", &["1 10 . a G . . . GT 0/1"]),
            ("1", "B", &["1 10 . A G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "REF at other sites",
        &[
            ("1", "A", &["1 10 . A G . . . GT 0/1"]),
            ("1", "B", &["1 11 . C G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    // One sample in several files.
    (
        "genotype",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\"", "A C in", "C C in"]),
    ),
    (
        "genotype, the same samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 20 . A C . . . GT 1/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype with other alleles",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 20 . A G . . . GT 0/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by allele number alone",
        &[
            ("1", "A B", &["1 20 . A C,G . . . GT 0/1 0/2"]),
            ("1", "A C", &["1 20 . A G,C . . . GT 0/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by ploidy",
        &[
            ("1", "A", &["1 20 . A C . . . GT 1"]),
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by phase",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0|1"]),
            ("1", "A", &["1 20 . A C . . . GT 1|0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype in columns of another order",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "B A", &["1 20 . A C . . . GT 0/1 0/0"]),
        ],
        Refused(&["1:20"]),
    ),
    (
        "genotype in the third file",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage",
        &[
            ("1", "A", &["1 20 . A C . . . AD 1,2"]),
            ("1", "A", &["1 20 . A C . . . AD 1,3"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage, some samples shared",
        &[
            ("1", "A B", &["1 20 . A C . . . AD 1,2 1,1"]),
            ("1", "A C", &["1 20 . A C . . . AD 1,3 1,1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage that one file lacks",
        &[
            ("1", "A B", &["1 20 . A C . . . AD . 1,1"]),
            ("1", "A C", &["1 20 . A C . . . AD 1,3 1,1"]),
        ],
        Nothing,
    ),
    (
        "the same record twice",
        &[
            (
                "1",
                "A B",
                &["1 20 . A C . . . GT 0/1 0/0", "1 30 . T C . . . GT 0/1 1/1"],
            ),
            (
                "1",
                "A B",
                &["1 20 . A C . . . GT 0/1 0/0", "1 40 . G C . . . GT 0/0 0/1"],
            ),
        ],
        Warned(&["1 record", "1:20", "file0", "file1", "once"]),
    ),
    (
        "the same genotype in another record",
        &[
            ("1", "A", &["1 20 . A C 5 . . GT 0/1"]),
            ("1", "A", &["1 20 . A C 9 . . GT 0/1"]),
        ],
        Warned(&["same genotypes", "1:20"]),
    ),
    (
        "the same genotype under other allele numbers",
        &[
            ("1", "A B", &["1 20 . A C,G . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A G,C . . . GT 0/2 0/0"]),
        ],
        Nothing,
    ),
    (
        "unphased against phased",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0|1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/0 0/0"]),
        ],
        Nothing,
    ),
    (
        "a genotype that one file lacks",
        &[
            ("1", "A B", &["1 20 . A C . . . GT ./. 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 0/1 0/0"]),
        ],
        Nothing,
    ),
    (
        "an SNP and an indel of one sample",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A AT . . . GT 0/1 0/0"]),
        ],
        Nothing,
    ),
    (
        "other samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "B", &["1 20 . A C . . . GT 1/1"]),
        ],
        Nothing,
    ),
    (
        "other sites of the same samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 21 . A C . . . GT 1/1"]),
        ],
        Nothing,
    ),
];
