//! Parses the text of a permission expression.
//!
//! ```text
//! any     = all  *( "OR"  all )
//! all     = one  *( "AND" one )
//! one     = name / "(" any ")"
//! ```

use crate::expression::{Expression, ExpressionError, Name, Place};

const A_PERMISSION: &str =
    "the name of a permission, such as `orders:read` or `PROJECT_READ`, or `(`";
const AN_OPERATOR: &str = "`AND`, `OR` or the end";
const AN_OPERATOR_OR_CLOSE: &str = "`AND`, `OR` or `)`";
const TOO_LONG: &str = "the end (an expression has at most 1,000 characters)";
const TOO_DEEP: &str = "no further `(` (at most 32 may be open at a time)";

/// Reads a whole text.
pub(crate) fn parse(text: &str) -> Result<Expression<Name>, ExpressionError> {
    if let Some((offset, _)) = text.char_indices().nth(Expression::MAX_CHARS) {
        return Err(error(offset, TOO_LONG));
    }
    let mut parser = Parser { text, offset: 0, depth: 0 };
    let expression = parser.any()?;
    match parser.peek() {
        Token::End => Ok(expression),
        _ => Err(error(parser.offset, AN_OPERATOR)),
    }
}

fn error(offset: usize, expected: &'static str) -> ExpressionError {
    ExpressionError { place: Place::Byte(offset), expected }
}

/// What comes next in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Open,
    Close,
    And,
    Or,
    /// Letters, digits and the signs that names have.
    Word(&'t str),
    /// A character that is in no expression.
    Other,
    End,
}

impl Token<'_> {
    fn len(self) -> usize {
        match self {
            Self::Open | Self::Close => 1,
            Self::And => 3,
            Self::Or => 2,
            Self::Word(word) => word.len(),
            Self::Other | Self::End => 0,
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    /// Where the next token begins, once [`peek`](Self::peek) has looked for it.
    offset: usize,
    /// How many parentheses are open.
    depth: usize,
}

impl<'t> Parser<'t> {
    /// The next token. Passes over what separates it from the one before.
    fn peek(&mut self) -> Token<'t> {
        let rest = self.text[self.offset..].trim_start_matches([' ', '\t', '\n', '\r']);
        self.offset = self.text.len() - rest.len();
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        match &rest[..end] {
            "AND" => Token::And,
            "OR" => Token::Or,
            "" if rest.is_empty() => Token::End,
            "" if rest.starts_with('(') => Token::Open,
            "" if rest.starts_with(')') => Token::Close,
            "" => Token::Other,
            word => Token::Word(word),
        }
    }

    /// Passes over the next token if it is this one.
    fn take(&mut self, token: Token<'_>) -> bool {
        let is_next = self.peek() == token;
        if is_next {
            self.offset += token.len();
        }
        is_next
    }

    fn any(&mut self) -> Result<Expression<Name>, ExpressionError> {
        self.series(Token::Or, Self::all, Expression::Any)
    }

    fn all(&mut self) -> Result<Expression<Name>, ExpressionError> {
        self.series(Token::And, Self::one, Expression::All)
    }

    /// One part or more, with an operator between them.
    fn series(
        &mut self,
        operator: Token<'_>,
        part: fn(&mut Self) -> Result<Expression<Name>, ExpressionError>,
        of: fn(Vec<Expression<Name>>) -> Expression<Name>,
    ) -> Result<Expression<Name>, ExpressionError> {
        let first = part(self)?;
        if self.peek() != operator {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take(operator) {
            parts.push(part(self)?);
        }
        Ok(of(parts))
    }

    fn one(&mut self) -> Result<Expression<Name>, ExpressionError> {
        match self.peek() {
            Token::Word(word) => {
                let name = Name::parse(word, Place::Byte(self.offset))?;
                self.offset += word.len();
                Ok(Expression::Permission(name))
            }
            Token::Open => self.parenthesized(),
            _ => Err(error(self.offset, A_PERMISSION)),
        }
    }

    fn parenthesized(&mut self) -> Result<Expression<Name>, ExpressionError> {
        if self.depth == Expression::MAX_DEPTH {
            return Err(error(self.offset, TOO_DEEP));
        }
        self.take(Token::Open);
        self.depth += 1;
        let expression = self.any()?;
        if !self.take(Token::Close) {
            return Err(error(self.offset, AN_OPERATOR_OR_CLOSE));
        }
        self.depth -= 1;
        Ok(expression)
    }
}
