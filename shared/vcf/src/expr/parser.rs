//! Turns tokens into postfix order with the precedences of bcftools. Text in, [`Expression`] out.

use super::ast::{Expression, Function, Node, NodeKind, Operator};
use super::error::{ExprError, ExprErrorKind};
use super::lexer::{self, Arguments, Token};
use super::posix;

/// The largest number of steps in an expression.
pub(super) const MOST_NODES: usize = 10_000;

/// Functions bind more tightly than any operator.
const FUNCTION_PRECEDENCE: u8 = 8;

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expression, ExprError> {
    let mut parser = Parser::default();
    let fail = |(offset, kind)| ExprError {
        text: text.to_owned(),
        offset,
        kind,
    };
    let leading = text.len() - text.trim_start().len();
    if text[leading..]
        .get(..5)
        .is_some_and(|head| head.eq_ignore_ascii_case("perl:"))
    {
        return Err(fail((leading, ExprErrorKind::Perl)));
    }
    let mut from = 0;
    while let Some((at, token, length)) = lexer::next(text, from).map_err(fail)? {
        parser.take(at, token).map_err(fail)?;
        if parser.nodes.len() + parser.pending.len() > MOST_NODES {
            return Err(fail((at, ExprErrorKind::TooLong)));
        }
        from = at + length;
    }
    let nodes = parser.finish().map_err(fail)?;
    check_arity(&nodes).map_err(fail)?;
    Ok(Expression {
        text: text.to_owned(),
        nodes,
    })
}

type Fault = (usize, ExprErrorKind);

#[derive(Clone, Copy)]
enum Pending {
    Bracket,
    Function(Function),
    Operator(Operator),
}

impl Pending {
    fn precedence(self) -> u8 {
        match self {
            Self::Bracket => 1,
            Self::Function(_) => FUNCTION_PRECEDENCE,
            Self::Operator(operator) => operator.precedence(),
        }
    }
}

#[derive(Default)]
struct Parser {
    nodes: Vec<Node>,
    pending: Vec<(usize, Pending)>,
    /// Whether a `-` here joins two values. bcftools forgets to note the value that `binom()` is, so a `-` after it
    /// is read as a sign and the expression fails.
    after_value: bool,
}

impl Parser {
    fn take(&mut self, at: usize, token: Token<'_>) -> Result<(), Fault> {
        let begins_value = !matches!(token, Token::Close | Token::Operator(_));
        if self.after_value && begins_value {
            return Err((at, ExprErrorKind::MissingOperator));
        }
        match token {
            Token::Text(text) if !posix::is_small(text) => {
                return Err((at, ExprErrorKind::Repetitions));
            }
            Token::Text(text) => self.value(at, NodeKind::Text(text.to_owned())),
            Token::File(path) => self.value(at, NodeKind::File(path.to_owned())),
            Token::Name(name) => {
                let name = name
                    .strip_suffix(',')
                    .filter(|name| !name.is_empty())
                    .unwrap_or(name);
                self.value(at, NodeKind::Name(name.to_owned()));
            }
            Token::Open => {
                self.pending.push((at, Pending::Bracket));
                self.after_value = false;
            }
            Token::Close => {
                loop {
                    match self.pending.pop() {
                        Some((_, Pending::Bracket)) => break,
                        Some((offset, pending)) => self.emit(offset, pending),
                        None => return Err((at, ExprErrorKind::UnopenedBracket)),
                    }
                }
                self.after_value = true;
            }
            Token::Operator(Operator::Subtract) if !self.after_value => {
                self.nodes.push(Node {
                    kind: NodeKind::MinusOne,
                    offset: at,
                });
                self.pending
                    .push((at, Pending::Operator(Operator::Multiply)));
            }
            Token::Operator(operator) => self.join(at, Pending::Operator(operator)),
            // The sign rule does not look at N_PASS( and F_PASS( either, but the bracket that follows resets it.
            Token::Function(function) => self.join(at, Pending::Function(function)),
            Token::Arguments(function, arguments) => {
                let names: Vec<_> = split_arguments(arguments);
                let count = names.len();
                for name in names {
                    self.nodes.push(Node {
                        kind: argument(name),
                        offset: at,
                    });
                }
                let kind = match function {
                    Arguments::Binomial => NodeKind::Binomial(count),
                    Arguments::Fisher => NodeKind::Fisher(count),
                };
                self.nodes.push(Node { kind, offset: at });
            }
        }
        Ok(())
    }

    fn value(&mut self, offset: usize, kind: NodeKind) {
        self.nodes.push(Node { kind, offset });
        self.after_value = true;
    }

    fn join(&mut self, at: usize, new: Pending) {
        while let Some(&(offset, top)) = self.pending.last() {
            if new.precedence() >= top.precedence() {
                break;
            }
            self.pending.pop();
            self.emit(offset, top);
        }
        self.pending.push((at, new));
        self.after_value = false;
    }

    fn emit(&mut self, offset: usize, pending: Pending) {
        let kind = match pending {
            Pending::Bracket => return,
            Pending::Function(function) => NodeKind::Call(function),
            Pending::Operator(operator) => NodeKind::Operator(operator),
        };
        self.nodes.push(Node { kind, offset });
    }

    fn finish(mut self) -> Result<Vec<Node>, Fault> {
        while let Some((offset, pending)) = self.pending.pop() {
            if matches!(pending, Pending::Bracket) {
                return Err((offset, ExprErrorKind::OpenBracket));
            }
            self.emit(offset, pending);
        }
        Ok(self.nodes)
    }
}

/// Checks that every step finds its values and that one value is left.
fn check_arity(nodes: &[Node]) -> Result<(), Fault> {
    // Offsets of the values, to point at the second of two that nothing joins.
    let mut values: Vec<usize> = Vec::new();
    for node in nodes {
        let taken = match node.kind {
            NodeKind::Text(_) | NodeKind::Name(_) | NodeKind::MinusOne | NodeKind::File(_) => 0,
            NodeKind::Call(_) => 1,
            NodeKind::Operator(_) => 2,
            NodeKind::Binomial(count) | NodeKind::Fisher(count) => count,
        };
        let left = values
            .len()
            .checked_sub(taken)
            .ok_or((node.offset, ExprErrorKind::MissingValue))?;
        let offset = values.get(left).copied().unwrap_or(node.offset);
        values.truncate(left);
        values.push(offset);
    }
    match values[..] {
        [_] => Ok(()),
        [] => Err((0, ExprErrorKind::Empty)),
        [_, second, ..] => Err((second, ExprErrorKind::MissingOperator)),
    }
}

/// Splits at commas outside of brackets. Spaces belong to the names, as in bcftools.
fn split_arguments(text: &str) -> Vec<&str> {
    let mut depth = 0u32;
    text.split(|c| {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn argument(name: &str) -> NodeKind {
    match name.strip_prefix('@') {
        Some(path) => NodeKind::File(path.to_owned()),
        None => NodeKind::Name(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postfix(text: &str) -> String {
        let expression = parse(text).unwrap_or_else(|error| panic!("{error}"));
        let words = expression.nodes().iter().map(|node| match &node.kind {
            NodeKind::Text(text) => format!("'{text}'"),
            NodeKind::Name(name) => name.clone(),
            NodeKind::MinusOne => "-1".to_owned(),
            NodeKind::File(path) => format!("@{path}"),
            NodeKind::Operator(operator) => format!("{operator:?}"),
            NodeKind::Call(function) => format!("{function:?}"),
            NodeKind::Binomial(count) => format!("binom{count}"),
            NodeKind::Fisher(count) => format!("fisher{count}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn equal_operators_group_from_the_right() {
        assert_eq!(postfix("8-3+2"), "8 3 2 Add Subtract");
        assert_eq!(postfix("100/10/2"), "100 10 2 Divide Divide");
        assert_eq!(postfix("A && B | C"), "A B AndAny C Or");
        assert_eq!(postfix("A | B && C"), "A B C AndAny Or");
    }

    #[test]
    fn functions_and_signs() {
        assert_eq!(
            postfix("MAX(AD)+1>-5*2"),
            "AD All(Max) 1 Add -1 5 2 Multiply Multiply Greater"
        );
        assert_eq!(
            postfix("N_PASS(GQ>20 & DP>5)>1"),
            "GQ 20 Greater DP 5 Greater And PassingSamples 1 Greater"
        );
        assert_eq!(
            postfix("binom(AD[:0,1],X)<0.1"),
            "AD[:0,1] X binom2 0.1 Less"
        );
        assert_eq!(postfix("(-QUAL)<3"), "-1 QUAL Multiply 3 Less");
    }

    #[test]
    fn errors_point_at_the_place() {
        for (text, offset, kind) in [
            ("", 0, ExprErrorKind::Empty),
            ("  ", 0, ExprErrorKind::Empty),
            ("QUAL>'3", 5, ExprErrorKind::OpenQuote),
            ("(QUAL>3", 0, ExprErrorKind::OpenBracket),
            ("QUAL>3)", 6, ExprErrorKind::UnopenedBracket),
            ("QUAL>", 4, ExprErrorKind::MissingValue),
            ("QUAL>3 DP>4", 7, ExprErrorKind::MissingOperator),
            ("a=~'x'", 1, ExprErrorKind::MissingValue),
            ("QUAL ! 3", 5, ExprErrorKind::Unexpected),
            ("%QUAL>3", 0, ExprErrorKind::MissingValue),
            (" perl:x.pl; f(1)", 1, ExprErrorKind::Perl),
            ("ID={}", 3, ExprErrorKind::External),
            ("binom(AD)-3>4", 9, ExprErrorKind::MissingOperator),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!((error.offset, error.kind), (offset, kind), "{text}");
        }
        assert_eq!(
            parse("ä>'").unwrap_err().to_string(),
            "at character 3: this quote is never closed; close it\n  ä>'\n    ^"
        );
    }

    #[test]
    fn depth_is_bounded_and_costs_no_stack() {
        let deep = format!("{}1{}>0", "(".repeat(4_000), ")".repeat(4_000));
        assert_eq!(parse(&deep).unwrap().nodes().len(), 3);
        let long = format!("1{}", "+1".repeat(4_000));
        assert_eq!(parse(&long).unwrap().nodes().len(), 8_001);
        let longer = format!("1{}", "+1".repeat(8_000));
        assert_eq!(parse(&longer).unwrap_err().kind, ExprErrorKind::TooLong);
    }
}
