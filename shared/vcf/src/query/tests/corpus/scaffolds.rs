//! What headers say of scaffolds: lengths, digests, assemblies; and records beyond their ends.

use super::{Case, Told};
use Told::{Nothing, Refused, Warned};

const DIGEST: &str = "1,length=1000,md5=0123456789abcdef0123456789abcdef";
const SHOUTED: &str = "1,length=1000,MD5=0123456789ABCDEF0123456789ABCDEF";
const OTHER_DIGEST: &str = "1,length=1000,md5=ffffffffffffffffffffffffffffffff";

#[rustfmt::skip]
pub(super) const CASES: &[Case<'_>] = &[
    // Lengths.
    (
        "length",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=900", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 1", "1000 bases", "900", "file0", "file1"]),
    ),
    (
        "length by one",
        &[("1,length=1000", "A", &[]), ("1,length=1001", "B", &[])],
        Refused(&["scaffold 1", "1001"]),
    ),
    (
        "length, the same samples",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=900", "A", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 1", "900"]),
    ),
    (
        "length of a scaffold without records",
        &[
            ("1,length=10 2,length=20", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=10 2,length=21", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 2", "20", "21"]),
    ),
    (
        "length in the third file",
        &[
            ("1,length=10", "A", &[]),
            ("1,length=10", "B", &[]),
            ("1,length=11", "C", &[]),
        ],
        Refused(&["scaffold 1", "11"]),
    ),
    (
        "length known to the first and third only",
        &[
            ("1,length=10", "A", &[]),
            ("1", "B", &[]),
            ("1,length=11", "C", &[]),
        ],
        Refused(&["scaffold 1", "file0", "file2"]),
    ),
    (
        "length of the last of many",
        &[
            ("1,length=1 2,length=2 X,length=3", "A", &[]),
            ("X,length=4 1,length=1", "B", &[]),
        ],
        Refused(&["scaffold X", "3", "4"]),
    ),
    (
        "length of a file of sites",
        &[
            ("1,length=10", "", &["1 5 . A C . . ."]),
            ("1,length=11", "", &["1 6 . A C . . ."]),
        ],
        Refused(&["scaffold 1"]),
    ),
    (
        "the same length",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=1000", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "length stated once",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "length 0 is none",
        &[("1,length=0", "A", &[]), ("1,length=5", "B", &[])],
        Nothing,
    ),
    (
        "other scaffolds",
        &[("1,length=5", "A", &[]), ("2,length=6", "B", &[])],
        Nothing,
    ),
    (
        "other order of scaffolds",
        &[
            ("1,length=5 2,length=6", "A", &[]),
            ("2,length=6 1,length=5", "B", &[]),
        ],
        Nothing,
    ),
    (
        "names that differ in case",
        &[("x,length=5", "A", &[]), ("X,length=6", "B", &[])],
        Nothing,
    ),
    // Digests.
    (
        "digest",
        &[(DIGEST, "A", &[]), (OTHER_DIGEST, "B", &[])],
        Refused(&["scaffold 1", "md5", "0123456789abcdef", "ffffffff"]),
    ),
    (
        "digest, the same samples",
        &[
            (DIGEST, "A", &["1 5 . A C . . . GT 0/1"]),
            (OTHER_DIGEST, "A", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest without lengths",
        &[
            ("1,md5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,md5=1123456789abcdef0123456789abcdef", "B", &[]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest under two keys",
        &[
            ("1,M5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,md5=1123456789abcdef0123456789abcdef", "B", &[]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest in the third file",
        &[
            (DIGEST, "A", &[]),
            ("1,length=1000", "B", &[]),
            (OTHER_DIGEST, "C", &[]),
        ],
        Refused(&["md5", "file2"]),
    ),
    (
        "digest, no length in the first",
        &[
            ("1,md5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,length=5", "B", &[]),
            ("1,length=6", "C", &[]),
        ],
        Refused(&["5", "6"]),
    ),
    (
        "digest in another spelling",
        &[(DIGEST, "A", &[]), (SHOUTED, "B", &[])],
        Nothing,
    ),
    (
        "digest in quotes",
        &[
            (DIGEST, "A", &[]),
            (
                "1,length=1000,md5=\"0123456789abcdef0123456789abcdef\"",
                "B",
                &[],
            ),
        ],
        Nothing,
    ),
    (
        "digest stated once",
        &[(DIGEST, "A", &[]), ("1,length=1000", "B", &[])],
        Nothing,
    ),
    (
        "what is no digest",
        &[(DIGEST, "A", &[]), ("1,length=1000,md5=unknown", "B", &[])],
        Nothing,
    ),
    // Assemblies.
    (
        "assembly alone",
        &[("1,assembly=B36", "A", &[]), ("1,assembly=B37", "B", &[])],
        Refused(&["assembly", "B36", "B37"]),
    ),
    (
        "assembly, one length",
        &[
            ("1,assembly=B36,length=5", "A", &[]),
            ("1,assembly=B37", "B", &[]),
        ],
        Refused(&["assembly"]),
    ),
    (
        "assembly at the same length",
        &[
            ("1,assembly=hg19,length=5", "A", &[]),
            ("1,assembly=GRCh37,length=5", "B", &[]),
        ],
        Warned(&["different assemblies", "file0", "file1"]),
    ),
    (
        "assembly at the same digest",
        &[
            (
                "1,assembly=hg19,md5=0123456789abcdef0123456789abcdef",
                "A",
                &[],
            ),
            (
                "1,assembly=GRCh37,md5=0123456789abcdef0123456789abcdef",
                "B",
                &[],
            ),
        ],
        Nothing,
    ),
    (
        "assembly in another case",
        &[("1,assembly=b37", "A", &[]), ("1,assembly=B37", "B", &[])],
        Nothing,
    ),
    (
        "assembly in quotes",
        &[
            ("1,assembly=B37", "A", &[]),
            ("1,assembly=\"B37\"", "B", &[]),
        ],
        Nothing,
    ),
    (
        "assembly stated once",
        &[("1,assembly=B37", "A", &[]), ("1", "B", &[])],
        Nothing,
    ),
    // Ends of scaffolds.
    (
        "beyond the end",
        &[
            ("1,length=900", "A", &["1 950 . A C . . . GT 0/1"]),
            ("1", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:950", "beyond the end", "900"]),
    ),
    (
        "beyond the end of the second scaffold",
        &[
            (
                "1,length=900 2,length=10",
                "A",
                &["1 5 . A C . . . GT 0/1", "2 12 . A C . . . GT 0/1"],
            ),
            ("1,length=900", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["2:12", "beyond"]),
    ),
    (
        "beyond the end in both",
        &[
            ("1,length=9", "A", &["1 12 . A C . . . GT 0/1"]),
            ("1,length=9", "B", &["1 12 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:12", "beyond"]),
    ),
    (
        "beyond the end with REF",
        &[
            ("1,length=900", "A", &["1 899 . ACG A . . . GT 0/1"]),
            ("1", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:899", "beyond"]),
    ),
    (
        "beyond the end, the same samples",
        &[
            ("1,length=900", "A", &["1 950 . A C . . . GT 0/1"]),
            ("1", "A", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:950", "beyond"]),
    ),
    (
        "beyond the end after many",
        &[
            (
                "1,length=9",
                "A",
                &[
                    "1 1 . A C . . . GT 0/1",
                    "1 9 . A C . . . GT 0/1",
                    "1 11 . A C . . . GT 0/1",
                ],
            ),
            ("1,length=9", "B", &[]),
        ],
        Refused(&["1:11", "beyond"]),
    ),
    (
        "at the end",
        &[
            ("1,length=900", "A", &["1 900 . A C . . . GT 0/1"]),
            ("1,length=900", "B", &["1 899 . AC A . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "telomeres",
        &[
            ("1,length=900", "A", &["1 901 . N <DUP> . . . GT 0/1"]),
            ("1,length=900", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "beyond an end that nobody states",
        &[
            ("1", "A", &["1 999999 . A C . . . GT 0/1"]),
            ("2,length=5", "B", &[]),
        ],
        Nothing,
    ),
];
