//! Texts that have a form: cursors, names, instants. What the document says of each is said here once, by name; of ids, in `wire::id`.
//!
//! Rule: a pattern of ids and instants holds for everything that the server hands out, and whatever holds to a pattern is read. What the
//! server reads besides, for old clients' sake, is not advertised. Names and descriptions have patterns in requests only: answers hold
//! those of earlier versions too. That a text with a key in it is refused, no pattern can say.

use std::sync::LazyLock;

use claviger_domain::{CharacterKind, Description, KeyName, Name, Permission};
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// White space that names may not have and that is cut off around people's.
const AROUND: &str = "\\u0009-\\u000d\\u0085\\u2028\\u2029";

/// What a name is, as a pattern: any characters, one of which can be seen.
static LINE: LazyLock<String> = LazyLock::new(|| {
    let any = &*PRINTED;
    let unseen = characters(|kind| kind != CharacterKind::Visible);
    format!("{any}*[^{unseen}]{any}*")
});

/// The characters of names and descriptions. Joiners and selectors are read where they belong, and are not advertised.
static PRINTED: LazyLock<String> = LazyLock::new(|| {
    let unprinted = |kind| matches!(kind, CharacterKind::Refused | CharacterKind::Dependent);
    format!("[^{}]", characters(unprinted))
});

/// The characters of some kinds, as ranges for a class of a pattern.
fn characters(is_in: impl Fn(CharacterKind) -> bool) -> String {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut is_open = false;
    for character in '\0'..=char::MAX {
        let is_part = is_in(CharacterKind::of(character));
        match ranges.last_mut() {
            Some((_, last)) if is_part && is_open => *last = character,
            _ if is_part => ranges.push((character, character)),
            _ => {}
        }
        is_open = is_part;
    }
    let mut class = String::new();
    for (first, last) in ranges {
        class.push_str(&escaped(first));
        if last > first {
            class.push('-');
            class.push_str(&escaped(last));
        }
    }
    class
}

/// A character of a class. Those of the supplementary planes are as they are: the escapes that would name them differ from language to
/// language.
fn escaped(character: char) -> String {
    match u32::from(character) {
        code @ 0..=0xffff => format!("\\u{code:04x}"),
        _ => character.to_string(),
    }
}

/// What holds for every name.
const NAME_RULES: &str =
    "One line with at least one visible character. A text that contains an API key is refused.";

/// The names of the texts. A member or parameter with one of them as its `format` is such a text.
pub(super) const NAMES: [&str; 7] =
    ["Cursor", "Description", "EmailAddress", "Instant", "KeyName", "Name", "PersonName"];

/// The name of a permission.
#[derive(Debug)]
pub(crate) struct PermissionName;

impl PartialSchema for PermissionName {
    fn schema() -> RefOr<Schema> {
        let names = Permission::ALL.iter().map(|permission| permission.name());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The name of a permission."))
            .enum_values(Some(names))
            .into()
    }
}

impl ToSchema for PermissionName {}

/// The schemas of all of them.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    let (line, printed) = (&*LINE, &*PRINTED);
    let mut add = |name: &str, schema| schemas.insert(name.to_owned(), schema);
    add("Cursor", cursor());
    add("Instant", instant());
    add("EmailAddress", email());
    let named = |what: &str| format!("{what} {NAME_RULES}");
    add("Name", text(&named("A name, in Unicode NFC."), line, Name::MAX_LEN, 1));
    add("KeyName", text(&named("The name of a key."), line, KeyName::MAX_LEN, 1));
    add(
        "PersonName",
        text(
            &named("A person's name. White space around it is cut off."),
            &format!("[{AROUND}]*{line}[{AROUND}]*"),
            Name::MAX_LEN,
            1,
        ),
    );
    add(
        "Description",
        text(
            "A description, with line breaks if need be. An empty one is none. A text with an API key in it is refused.",
            &format!("(?:[\\u0009\\u000a\\u000d]|{printed})*"),
            Description::MAX_LEN,
            0,
        ),
    );
    schemas
}

fn text(description: &str, pattern: &str, longest: usize, shortest: usize) -> Value {
    json!({
        "description": description,
        "type": "string",
        "minLength": shortest,
        "maxLength": longest,
        "pattern": format!("^{pattern}$"),
    })
}

fn cursor() -> Value {
    json!({
        "description": "Position in a list; opaque, valid for the same caller and filters.",
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{58}[AEIMQUYcgkosw048]$",
    })
}

/// RFC 3339, with every day that there is.
fn instant() -> Value {
    let day = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)";
    let leap = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29";
    let time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?";
    let offset = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    json!({
        "description": "An instant (RFC 3339).",
        "type": "string",
        "format": "date-time",
        "pattern": format!("^(?:[0-9]{{4}}-{day}|{leap})[Tt]{time}{offset}$"),
    })
}

fn email() -> Value {
    let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    let label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    let top = "[0-9]{0,20}[A-Za-z](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?";
    json!({
        "description": "An address of dot-separated atoms and a domain: at most 64 characters before the `@`.",
        "type": "string",
        "format": "email",
        "maxLength": 254,
        "pattern": format!("^{atom}(?:\\.{atom})*@(?:{label}\\.)+{top}$"),
    })
}

#[cfg(test)]
mod tests {
    use claviger_domain::Email;
    use regex::Regex;

    use super::*;

    fn pattern(name: &str) -> Regex {
        Regex::new(schemas()[name]["pattern"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn texts_are_named() {
        assert!(schemas().keys().eq(NAMES));
    }

    /// What the document says of a character is what the server does with it, for every one that there is.
    #[test]
    fn names_and_descriptions_are_read_as_they_are_described() {
        let (name, description) = (pattern("Name"), pattern("Description"));
        assert_eq!(pattern("KeyName").as_str(), name.as_str());
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            for text in [format!("{character}"), format!("a{character}b")] {
                // A pattern cannot say that a name is in NFC; its description does.
                let reads = Name::of_person(&text).is_ok();
                assert_eq!(name.is_match(&text), reads, "U+{code:04X}: {text:?}");
                let reads = Description::parse(&text).is_ok();
                assert_eq!(description.is_match(&text), reads, "U+{code:04X}: {text:?}");
            }
        }
    }

    #[test]
    fn addresses_are_read_as_they_are_described() {
        let pattern = pattern("EmailAddress");
        for address in [
            "a@b.cd",
            "a.b@c-d.example",
            "a+b@1.2c",
            "A!#$%&'*+/=?^_`{|}~-@x.y",
            "a@b",
            "a@b.1",
            "a..b@c.de",
            ".a@b.cd",
            "a@-b.cd",
            "a@b-.cd",
            "a b@c.de",
            "a@b..cd",
            "@b.cd",
            "a@",
            "ä@b.cd",
        ] {
            assert_eq!(pattern.is_match(address), Email::parse(address).is_ok(), "{address}");
        }
    }
}
