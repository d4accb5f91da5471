//! Forms of texts beyond their characters and length. An error is the form in words.

pub(super) fn key(text: &str) -> Result<(), &'static str> {
    if text.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("it must not contain `.` or `..` as a path segment");
    }
    Ok(())
}

pub(super) fn project_name(text: &str) -> Result<(), &'static str> {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.starts_with(char::is_alphanumeric) && text.chars().all(inner) {
        Ok(())
    } else {
        Err("use letters, digits, `.`, `_` and `-`, and begin with a letter or digit")
    }
}

/// As `bcftools merge` reads them; tags are the names that VCF allows.
pub(super) fn info_rules(text: &str) -> Result<(), &'static str> {
    let is_method = |method: &str| {
        let methods = ["sum", "avg", "min", "max", "join"];
        methods
            .iter()
            .any(|known| known.eq_ignore_ascii_case(method))
    };
    let is_tag = |tag: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        !tag.is_empty() && tag.chars().all(inner)
    };
    let mut tags = std::collections::HashSet::new();
    let mut is_rule = |rule: &str| {
        rule.split_once(':').is_some_and(|(tag, method)| {
            is_tag(tag) && is_method(method) && tags.insert(tag.to_owned())
        })
    };
    if text == "-" || text.split(',').all(&mut is_rule) {
        Ok(())
    } else {
        Err(
            "use `-` for no rules, or TAG:METHOD separated by commas, each tag once; a METHOD is one of sum, avg, min, max \
             and join",
        )
    }
}

pub(super) fn ascii(text: &str) -> Result<(), &'static str> {
    if text.is_ascii() {
        Ok(())
    } else {
        Err("use 1 to 255 ASCII characters")
    }
}

/// 16 bytes are 22 characters and two of padding, the last of the 22 with four bits to spare (RFC 4648 §4).
pub(super) fn md5_in_base64(text: &str) -> Result<(), &'static str> {
    if is_base64(text.strip_suffix("=="), 22, "AQgw") {
        Ok(())
    } else {
        Err("it must be the 16 bytes of an MD5 in base64 (24 characters)")
    }
}

/// 32 bytes are 43 characters and one of padding, the last of the 43 with two bits to spare.
pub(super) fn sha256_in_base64(text: &str) -> Result<(), &'static str> {
    if is_base64(text.strip_suffix('='), 43, "AEIMQUYcgkosw048") {
        Ok(())
    } else {
        Err("it must be the 32 bytes of a SHA-256 in base64 (44 characters)")
    }
}

fn is_base64(digits: Option<&str>, length: usize, last: &str) -> bool {
    digits.is_some_and(|digits| {
        digits.len() == length
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
            && digits.ends_with(|end| last.contains(end))
    })
}

pub(super) fn bucket_name(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = |byte: Option<&u8>| byte.is_some_and(|&byte| plain(byte));
    let bytes = text.as_bytes();
    let is_name = bytes
        .iter()
        .all(|&byte| plain(byte) || matches!(byte, b'-' | b'.'))
        && ends(bytes.first())
        && ends(bytes.last())
        && !text.contains("..")
        && text.parse::<std::net::Ipv4Addr>().is_err()
        && !text.starts_with("xn--")
        && !text.starts_with("sthree-")
        && !text.ends_with("-s3alias")
        && !text.ends_with("--ol-s3");
    if is_name {
        Ok(())
    } else {
        Err(
            "use 3 to 63 lower-case letters, digits, hyphens and single dots, with a letter or digit at both ends",
        )
    }
}

pub(super) fn schedule_key(text: &str) -> Result<(), &'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if text.bytes().all(|byte| plain(byte) || byte == b'-') && !text.starts_with('-') {
        Ok(())
    } else {
        Err("use 1 to 63 lower-case letters, digits and hyphens")
    }
}

pub(super) fn email_address(text: &str) -> Result<(), &'static str> {
    let is_local = |local: &str| {
        !local.is_empty()
            && local
                .chars()
                .all(|c| c.is_ascii_graphic() && !"\"(),:;<>[\\]/?#%".contains(c))
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match text.split_once('@') {
        Some((local, domain))
            if is_local(local) && domain.contains('.') && domain.split('.').all(is_label) =>
        {
            Ok(())
        }
        _ => Err("it is not an e-mail address; one looks like name@example.org"),
    }
}
