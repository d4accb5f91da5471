//! Cuts an expression into tokens where bcftools cuts it. Knows nothing about what names mean.

use super::ast::{Function, Operator, Reduction};
use super::error::ExprErrorKind;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A number or name, with its subscript.
    Name(&'a str),
    /// The inside of quotes.
    Text(&'a str),
    /// `@path`, without the `@`.
    File(&'a str),
    /// `(`
    Open,
    /// `)`
    Close,
    /// An operator; `-` is always [`Operator::Subtract`] here.
    Operator(Operator),
    /// A function whose bracket is the next token.
    Function(Function),
    /// A function whose arguments are names, with the text of the arguments.
    Arguments(Arguments, &'a str),
}

/// Functions that do not take expressions as arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arguments {
    Binomial,
    Fisher,
}

/// Names of functions up to the bracket. The order matters nowhere: no name is the beginning of another.
const FUNCTIONS: &[(&str, Function)] = &[
    ("SMPL_COUNT", Function::Sample(Reduction::Count)),
    ("SMPL_MAX", Function::Sample(Reduction::Max)),
    ("SMPL_MIN", Function::Sample(Reduction::Min)),
    ("SMPL_MEAN", Function::Sample(Reduction::Mean)),
    ("SMPL_MEDIAN", Function::Sample(Reduction::Median)),
    ("SMPL_AVG", Function::Sample(Reduction::Mean)),
    ("SMPL_STDEV", Function::Sample(Reduction::StandardDeviation)),
    ("SMPL_SUM", Function::Sample(Reduction::Sum)),
    ("sCOUNT", Function::Sample(Reduction::Count)),
    ("sMAX", Function::Sample(Reduction::Max)),
    ("sMIN", Function::Sample(Reduction::Min)),
    ("sMEAN", Function::Sample(Reduction::Mean)),
    ("sMEDIAN", Function::Sample(Reduction::Median)),
    ("sAVG", Function::Sample(Reduction::Mean)),
    ("sSTDEV", Function::Sample(Reduction::StandardDeviation)),
    ("sSUM", Function::Sample(Reduction::Sum)),
    ("MAX", Function::All(Reduction::Max)),
    ("MIN", Function::All(Reduction::Min)),
    ("MEAN", Function::All(Reduction::Mean)),
    ("MEDIAN", Function::All(Reduction::Median)),
    ("AVG", Function::All(Reduction::Mean)),
    ("STDEV", Function::All(Reduction::StandardDeviation)),
    ("SUM", Function::All(Reduction::Sum)),
    ("ABS", Function::Absolute),
    ("COUNT", Function::All(Reduction::Count)),
    ("STRLEN", Function::StringLength),
    ("PHRED", Function::Phred),
    ("N_PASS", Function::PassingSamples),
    ("F_PASS", Function::PassingFraction),
    // Old spellings that bcftools keeps.
    ("%MAX", Function::All(Reduction::Max)),
    ("%MIN", Function::All(Reduction::Min)),
    ("%AVG", Function::All(Reduction::Mean)),
    ("%SUM", Function::All(Reduction::Sum)),
];

const OPERATORS: &[(&str, Operator)] = &[
    ("!=", Operator::NotEqual),
    ("!~", Operator::NotMatches),
    ("<=", Operator::LessOrEqual),
    ("<", Operator::Less),
    (">=", Operator::GreaterOrEqual),
    (">", Operator::Greater),
    ("==", Operator::Equal),
    ("=", Operator::Equal),
    ("&&", Operator::AndAny),
    ("||", Operator::OrAny),
    ("&", Operator::And),
    ("|", Operator::Or),
    ("+", Operator::Add),
    ("-", Operator::Subtract),
    ("*", Operator::Multiply),
    ("/", Operator::Divide),
    ("~", Operator::Matches),
    ("%", Operator::Remainder),
];

/// A token with its 0-based byte offset and its length in bytes.
type Found<'a> = (usize, Token<'a>, usize);

/// The next token from a byte offset on; `None` at the end of the text. An error comes with the offset of the fault.
pub(super) fn next(text: &str, from: usize) -> Result<Option<Found<'_>>, (usize, ExprErrorKind)> {
    let rest = &text[from..];
    let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    let at = from + rest.len() - trimmed.len();
    let rest = trimmed;
    if rest.is_empty() {
        return Ok(None);
    }
    let found = |token, length| Ok(Some((at, token, length)));

    let number = number_length(rest);
    if number > 0 {
        return found(Token::Name(&rest[..number]), number);
    }
    for (name, function) in FUNCTIONS {
        if strip_ignoring_case(rest, name).is_some_and(|after| after.starts_with('(')) {
            return found(Token::Function(*function), name.len());
        }
    }
    for (name, function) in [
        ("BINOM(", Arguments::Binomial),
        ("FISHER(", Arguments::Fisher),
    ] {
        if let Some(after) = strip_ignoring_case(rest, name) {
            let (arguments, _) = after
                .split_once(')')
                .ok_or((at + name.len() - 1, ExprErrorKind::OpenBracket))?;
            return found(
                Token::Arguments(function, arguments),
                name.len() + arguments.len() + 1,
            );
        }
    }
    let mut after_prefix = rest;
    for prefix in ["INFO/", "FORMAT/", "FMT/"] {
        after_prefix = strip_ignoring_case(after_prefix, prefix).unwrap_or(after_prefix);
    }
    if strip_ignoring_case(after_prefix, "PERL.").is_some() {
        return Err((at, ExprErrorKind::Perl));
    }
    if strip_ignoring_case(after_prefix, "%ILEN").is_some() && after_prefix.len() == rest.len() {
        return found(Token::Name(&rest[..5]), 5);
    }
    for placeholder in ["{}", "{STR}", "{INT}", "{FLOAT}"] {
        if strip_ignoring_case(after_prefix, placeholder).is_some() {
            return Err((at, ExprErrorKind::External));
        }
    }
    if let Some(path) = rest.strip_prefix('@') {
        let end = path
            .find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '!')
            .unwrap_or(path.len());
        return found(Token::File(&path[..end]), end + 1);
    }
    let name = rest.len() - after_prefix.len() + name_length(after_prefix);
    if name > 0 {
        return found(Token::Name(&rest[..name]), name);
    }
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (inside, _) = rest[1..]
            .split_once(quote)
            .ok_or((at, ExprErrorKind::OpenQuote))?;
        return found(Token::Text(inside), inside.len() + 2);
    }
    for (sign, operator) in OPERATORS {
        if rest.starts_with(sign) {
            return found(Token::Operator(*operator), sign.len());
        }
    }
    match rest.as_bytes()[0] {
        b'(' => found(Token::Open, 1),
        b')' => found(Token::Close, 1),
        _ => Err((at, ExprErrorKind::Unexpected)),
    }
}

/// Length of the number at the beginning, 0 if there is none or a letter or digit follows it.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize, hexadecimal: bool| {
        let is_digit = |b: &&u8| {
            if hexadecimal {
                b.is_ascii_hexdigit()
            } else {
                b.is_ascii_digit()
            }
        };
        bytes
            .get(from..)
            .map_or(0, |rest| rest.iter().take_while(is_digit).count())
    };
    let mut end;
    if matches!(bytes, [b'0', b'x' | b'X', ..]) && digits(2, true) > 0 {
        end = 2 + digits(2, true);
    } else {
        let whole = digits(0, false);
        end = whole;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1, false);
            if whole + fraction == 0 {
                return 0;
            }
            end += 1 + fraction;
        }
        if end == 0 {
            return 0;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign, false);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
    }
    if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
        0
    } else {
        end
    }
}

/// Length of the name at the beginning, its subscript included.
fn name_length(text: &str) -> usize {
    let mut in_subscript = false;
    for (at, c) in text.char_indices() {
        match c {
            ']' => return if in_subscript { at + 1 } else { at },
            '[' => in_subscript = true,
            '"' | '\'' | '<' | '>' | '=' | '!' | '&' | '|' | '(' | ')' | '+' | '*' | '-' | '/'
            | '~' | '%'
                if !in_subscript =>
            {
                return at;
            }
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' if !in_subscript => return at,
            _ => {}
        }
    }
    text.len()
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut from = 0;
        let mut tokens = Vec::new();
        while let Some((at, token, length)) = next(text, from).unwrap() {
            tokens.push(token);
            from = at + length;
        }
        tokens
    }

    #[test]
    fn names_keep_prefix_and_subscript() {
        assert_eq!(
            tokens("FMT/AD[0,2-:1]>=1e-3&INFO/X.y!='a b'"),
            [
                Token::Name("FMT/AD[0,2-:1]"),
                Token::Operator(Operator::GreaterOrEqual),
                Token::Name("1e-3"),
                Token::Operator(Operator::And),
                Token::Name("INFO/X.y"),
                Token::Operator(Operator::NotEqual),
                Token::Text("a b"),
            ]
        );
    }

    #[test]
    fn a_number_ends_where_a_letter_does_not_follow() {
        assert_eq!(
            tokens("1000G 10-5 .5 0x1f 1e 3."),
            [
                Token::Name("1000G"),
                Token::Name("10"),
                Token::Operator(Operator::Subtract),
                Token::Name("5"),
                Token::Name(".5"),
                Token::Name("0x1f"),
                Token::Name("1e"),
                Token::Name("3."),
            ]
        );
    }

    #[test]
    fn functions_need_their_bracket() {
        assert_eq!(
            tokens("max(MAX) binom(AD[:0],AD[:1])"),
            [
                Token::Function(Function::All(Reduction::Max)),
                Token::Open,
                Token::Name("MAX"),
                Token::Close,
                Token::Arguments(Arguments::Binomial, "AD[:0],AD[:1]"),
            ]
        );
    }

    #[test]
    fn files_and_code_are_recognised() {
        assert_eq!(tokens("ID=@/etc/passwd")[2], Token::File("/etc/passwd"));
        for text in ["perl.f(DP)", "INFO/PERL.f(DP)"] {
            assert_eq!(next(text, 0), Err((0, ExprErrorKind::Perl)), "{text}");
        }
    }

    #[test]
    fn multibyte_text_is_cut_at_characters() {
        assert_eq!(
            tokens("ä=\"ö\""),
            [
                Token::Name("ä"),
                Token::Operator(Operator::Equal),
                Token::Text("ö")
            ]
        );
    }
}
