//! Reads the cluster query language; `and` binds closer than `or`.

use regex_lite::Regex;

use super::{Comparison, Node, Operator, Subject};

/// The most characters that ECS takes.
const LONGEST: usize = 2000;

/// More parentheses and `not`s within each other than anybody writes.
const DEEPEST: usize = 100;

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (character {})", self.character)]
pub struct ParseError {
    /// Counted from 1.
    pub character: usize,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("has {0} characters; {LONGEST} are the most")]
    TooLong(usize),
    #[error("has more than {DEEPEST} parentheses and nots within each other")]
    TooDeep,
    #[error("expected {wanted}, found {found}")]
    Unexpected { wanted: &'static str, found: String },
    #[error(
        "`{0}` is no subject: attribute:NAME, task:group, runningTasksCount, ec2InstanceId, \
         agentConnected, agentVersion and registeredAt are"
    )]
    UnknownSubject(String),
    #[error("`{subject}` cannot be compared with `{operator}`")]
    WrongOperator { subject: &'static str, operator: &'static str },
    #[error("`{0}` is not a number of tasks")]
    NotANumber(String),
    #[error("the quotation mark is not closed")]
    OpenQuote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Equals,
    In,
    Matches,
    Exists,
    Compares(Comparison),
}

/// Spelling, meaning, and whether it denies; longer ones come before those that they begin with.
const OPERATORS: &[(&str, Verb, bool)] = &[
    ("==", Verb::Equals, false),
    ("!=", Verb::Equals, true),
    ("=~", Verb::Matches, false),
    ("!~", Verb::Matches, true),
    (">=", Verb::Compares(Comparison::GreaterEqual), false),
    ("<=", Verb::Compares(Comparison::LessEqual), false),
    (">", Verb::Compares(Comparison::Greater), false),
    ("<", Verb::Compares(Comparison::Less), false),
    ("!exists", Verb::Exists, true),
    ("not_exists", Verb::Exists, true),
    ("exists", Verb::Exists, false),
    ("!in", Verb::In, true),
    ("not_in", Verb::In, true),
    ("in", Verb::In, false),
    ("equals", Verb::Equals, false),
    ("not_equals", Verb::Equals, true),
    ("matches", Verb::Matches, false),
    ("not_matches", Verb::Matches, true),
    ("greater_than_equal", Verb::Compares(Comparison::GreaterEqual), false),
    ("greater_than", Verb::Compares(Comparison::Greater), false),
    ("less_than_equal", Verb::Compares(Comparison::LessEqual), false),
    ("less_than", Verb::Compares(Comparison::Less), false),
];

struct Parser<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    depth: usize,
}

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(ParseError { character: LONGEST + 1, fault: Fault::TooLong(length) });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    let node = parser.any()?;
    match parser.rest() {
        "" => Ok(node),
        _ => Err(parser.unexpected("`and`, `or` or the end")),
    }
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Node, ParseError> {
        let mut nodes = vec![self.all()?];
        while self.takes("||") || self.takes("or") {
            nodes.push(self.all()?);
        }
        Ok(Node::Any(nodes))
    }

    fn all(&mut self) -> Result<Node, ParseError> {
        let mut nodes = vec![self.one()?];
        while self.takes("&&") || self.takes("and") {
            nodes.push(self.one()?);
        }
        Ok(Node::All(nodes))
    }

    fn one(&mut self) -> Result<Node, ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(Fault::TooDeep));
        }
        let node = if self.takes("!") || self.takes("not") {
            Node::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            self.expect(")", "`)`")?;
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn test(&mut self) -> Result<Node, ParseError> {
        let (subject, shown) = self.subject()?;
        let (verb, denies) = self.operator(&subject, shown)?;
        let operator = match verb {
            Verb::Exists => Operator::Exists,
            Verb::Equals => Operator::In(vec![self.argument(&subject)?]),
            Verb::In => Operator::In(self.list(&subject)?),
            Verb::Matches => Operator::Matches(self.pattern()?),
            Verb::Compares(comparison) => Operator::Compares(comparison, self.argument(&subject)?),
        };
        let test = Node::Test(subject, operator);
        Ok(if denies { Node::Not(Box::new(test)) } else { test })
    }

    fn subject(&mut self) -> Result<(Subject, &'static str), ParseError> {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || "_-./\\:@".contains(c);
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let found = match name {
            "" => return Err(self.unexpected("a subject such as `attribute:NAME`")),
            "agentConnected" => (Subject::AgentConnected, "agentConnected"),
            "agentVersion" => (Subject::AgentVersion, "agentVersion"),
            "ec2InstanceId" => (Subject::Ec2InstanceId, "ec2InstanceId"),
            "registeredAt" => (Subject::RegisteredAt, "registeredAt"),
            "runningTasksCount" => (Subject::RunningTasksCount, "runningTasksCount"),
            "task:group" => (Subject::TaskGroup, "task:group"),
            _ => match name.strip_prefix("attribute:") {
                Some("") | None => {
                    return Err(self.error(Fault::UnknownSubject(name.to_owned())));
                }
                Some(attribute) => (Subject::Attribute(attribute.to_owned()), "attribute"),
            },
        };
        self.at += name.len();
        Ok(found)
    }

    fn operator(
        &mut self,
        subject: &Subject,
        shown: &'static str,
    ) -> Result<(Verb, bool), ParseError> {
        self.rest();
        let start = self.at;
        for &(spelling, verb, denies) in OPERATORS {
            if self.takes(spelling) {
                if subject.allows(verb) {
                    return Ok((verb, denies));
                }
                self.at = start;
                let fault = Fault::WrongOperator { subject: shown, operator: spelling };
                return Err(self.error(fault));
            }
        }
        Err(self.unexpected("an operator such as `==`, `=~`, `in` or `exists`"))
    }

    fn list(&mut self, subject: &Subject) -> Result<Vec<String>, ParseError> {
        self.expect("[", "a list such as `[a, b]`")?;
        let mut values = vec![self.argument(subject)?];
        while self.takes(",") {
            values.push(self.argument(subject)?);
        }
        self.expect("]", "`,` or `]`")?;
        Ok(values)
    }

    fn argument(&mut self, subject: &Subject) -> Result<String, ParseError> {
        let rest = self.rest();
        let start = self.at;
        let value = match self.quoted()? {
            Some(value) => value,
            None => self.bare(end_of_word(rest))?,
        };
        if *subject == Subject::RunningTasksCount && value.parse::<u32>().is_err() {
            self.at = start;
            return Err(self.error(Fault::NotANumber(value)));
        }
        Ok(value)
    }

    /// The whole value has to match, as with Java's `matches`.
    fn pattern(&mut self) -> Result<Option<Regex>, ParseError> {
        let rest = self.rest();
        let text = match self.quoted()? {
            Some(text) => text,
            None => self.bare(end_of_pattern(rest))?,
        };
        Ok(Regex::new(&format!("^(?:{text})$")).ok())
    }

    fn quoted(&mut self) -> Result<Option<String>, ParseError> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| "'\"".contains(*c)) else {
            return Ok(None);
        };
        let Some(length) = rest[1..].find(quote) else {
            return Err(self.error(Fault::OpenQuote));
        };
        self.at += length + 2;
        Ok(Some(rest[1..=length].to_owned()))
    }

    fn bare(&mut self, length: usize) -> Result<String, ParseError> {
        if length == 0 {
            return Err(self.unexpected("a value"));
        }
        let value = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(value.to_owned())
    }

    /// What is still to be read, from the next character that is no space.
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// Reads a sign or a whole word, if it is next.
    fn takes(&mut self, token: &str) -> bool {
        let Some(after) = self.rest().strip_prefix(token) else { return false };
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let ends_in_word = token.chars().last().is_some_and(is_word);
        if ends_in_word && after.starts_with(|c| is_word(c) || "-.:".contains(c)) {
            return false;
        }
        self.at += token.len();
        true
    }

    fn expect(&mut self, token: &str, wanted: &'static str) -> Result<(), ParseError> {
        if self.takes(token) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn unexpected(&mut self, wanted: &'static str) -> ParseError {
        let rest = self.rest();
        let found = match rest.split_whitespace().next() {
            None => "the end".to_owned(),
            Some(word) => format!("`{word}`"),
        };
        self.error(Fault::Unexpected { wanted, found })
    }

    fn error(&self, fault: Fault) -> ParseError {
        ParseError { character: self.text[..self.at].chars().count() + 1, fault }
    }
}

impl Subject {
    fn allows(&self, verb: Verb) -> bool {
        match self {
            Self::Attribute(_) | Self::TaskGroup => true,
            Self::AgentConnected | Self::Ec2InstanceId => match verb {
                Verb::Equals | Verb::In | Verb::Matches => true,
                Verb::Exists | Verb::Compares(_) => false,
            },
            Self::AgentVersion | Self::RegisteredAt | Self::RunningTasksCount => match verb {
                Verb::Equals | Verb::Compares(_) => true,
                Verb::Exists | Verb::In | Verb::Matches => false,
            },
        }
    }
}

fn end_of_word(text: &str) -> usize {
    let ends = |(at, c): (usize, char)| {
        let is_end = c.is_whitespace() || "()[],".contains(c);
        (is_end || text[at..].starts_with("&&") || text[at..].starts_with("||")).then_some(at)
    };
    text.char_indices().find_map(ends).unwrap_or(text.len())
}

/// Patterns have parentheses and brackets of their own.
fn end_of_pattern(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => open += 1,
            ')' | ']' | ' ' | '\t' | '\n' if open == 0 => return at,
            ')' | ']' => open -= 1,
            _ if text[at..].starts_with("&&") || text[at..].starts_with("||") => return at,
            _ => {}
        }
    }
    text.len()
}
