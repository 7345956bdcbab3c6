//! Texts that have a form: ids, cursors, names, instants. What the document says of each is said here once, by name.
//!
//! Rule: a pattern holds for everything that the server hands out, and whatever holds to it is read. What the server reads besides, for
//! old clients' sake, is not advertised.

use claviger_domain::{Description, KeyName, Name, ObjectIdCodec, ObjectKind, Permission};
use serde_json::{Map, Value, json};

/// What names may not have: control, direction-changing and invisible characters, and noncharacters.
const REFUSED: &str = "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufdd0-\\ufdef\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff";
/// The noncharacters of the supplementary planes, as they are: the escapes that would name them differ from language to language.
const REFUSED_ABOVE: &str = "\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}";
/// What shows nothing though it is not refused: white space and joiners.
const BLANK: &str = "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u200c\\u200d\\u202f\\u205f\\u3000";
/// White space that names may not have and that is cut off around people's.
const AROUND: &str = "\\u0009-\\u000d\\u0085\\u2028\\u2029";

/// Kinds of id, by the names that they have in the document.
const IDS: [(&str, ObjectKind); 10] = [
    ("ApiKeyId", ObjectKind::ApiKey),
    ("AuditLogId", ObjectKind::AuditLog),
    ("OrganizationId", ObjectKind::Organization),
    ("OrganizationMemberId", ObjectKind::OrganizationMember),
    ("ProjectId", ObjectKind::Project),
    ("RoleId", ObjectKind::Role),
    ("RoleBindingId", ObjectKind::RoleBinding),
    ("SpaceId", ObjectKind::Space),
    ("SpaceMemberId", ObjectKind::SpaceMember),
    ("UserId", ObjectKind::User),
];

/// The schemas of all of them.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas: Map<String, Value> =
        IDS.iter().map(|(name, kind)| ((*name).to_owned(), id(*kind))).collect();
    let printed = format!("[^{REFUSED}{REFUSED_ABOVE}]*");
    let line = format!("{printed}[^{BLANK}{REFUSED}{REFUSED_ABOVE}]{printed}");
    let mut add = |name: &str, schema| schemas.insert(name.to_owned(), schema);
    add("Cursor", cursor());
    add("Instant", instant());
    add("EmailAddress", email());
    add("Name", text("A name: a line that shows something.", &line, Name::LONGEST, 1));
    add(
        "KeyName",
        text("The name of a key: a line that shows something.", &line, KeyName::LONGEST, 1),
    );
    add(
        "PersonName",
        text(
            "A person's name. White space around it is cut off.",
            &format!("[{AROUND}]*{line}[{AROUND}]*"),
            Name::LONGEST,
            1,
        ),
    );
    add(
        "Description",
        text(
            "A description, with line breaks if need be. An empty one is none.",
            &format!("(?:[\\u0009\\u000a\\u000d]|[^{REFUSED}{REFUSED_ABOVE}])*"),
            Description::LONGEST,
            0,
        ),
    );
    add(
        "PermissionName",
        json!({
            "description": "The name of a permission.",
            "type": "string",
            "enum": Permission::ALL.iter().map(|permission| permission.name()).collect::<Vec<_>>(),
        }),
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

/// An id of a kind: base64 of a text that starts with the word and a colon. Words of different lengths leave a colon in different
/// places of a group of three bytes, so of one to three characters that tell where the word ends.
fn id(kind: ObjectKind) -> Value {
    let start = format!("{}:", kind.word());
    let (whole, rest) = start.split_at(start.len() / 3 * 3);
    let whole = data_encoding::BASE64.encode(whole.as_bytes());
    let group = match *rest.as_bytes() {
        [_] => "O[g-v][A-Za-z0-9]{2}".to_owned(),
        [letter, _] => {
            let two = data_encoding::BASE64.encode(&[letter, b':']);
            format!("{}[o-r][A-Za-z0-9]", &two[..2])
        }
        _ => String::new(),
    };
    let end = "(?:[A-Za-z0-9][AQgw]==|[A-Za-z0-9]{2}[AEIMQUYcgkosw048]=)?";
    json!({
        "description": format!("An id of the kind `{}`: opaque, as other calls answer it.", kind.word()),
        "type": "string",
        "maxLength": ObjectIdCodec::LONGEST,
        "pattern": format!("^{whole}{group}(?:[A-Za-z0-9]{{4}})+{end}$"),
    })
}

fn cursor() -> Value {
    json!({
        "description": "Where a list goes on: opaque, good for the reader and the filters that it was answered to.",
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

    /// What the document says of a character is what the server does with it, for every one that there is.
    #[test]
    fn names_and_descriptions_are_read_as_they_are_described() {
        let (name, key_name, description) =
            (pattern("Name"), pattern("KeyName"), pattern("Description"));
        for character in '\0'..=char::MAX {
            for text in [format!("{character}"), format!("a{character}b")] {
                let code = u32::from(character);
                assert_eq!(
                    name.is_match(&text),
                    Name::parse(&text).is_ok(),
                    "U+{code:04X}: {text:?}"
                );
                assert_eq!(
                    key_name.is_match(&text),
                    KeyName::parse(&text).is_ok(),
                    "U+{code:04X}: {text:?}"
                );
                let reads = Description::parse(&text).is_ok();
                assert_eq!(description.is_match(&text), reads, "U+{code:04X}: {text:?}");
            }
        }
    }

    #[test]
    fn ids_are_read_as_they_are_described() {
        let codec = ObjectIdCodec::new(&[7; 32]);
        for (name, kind) in IDS {
            let pattern = pattern(name);
            for number in (0..2_000).chain([i64::MAX]) {
                let id = codec.encode(kind, number);
                assert!(pattern.is_match(&id), "{id}");
            }
            for (_, other) in IDS.iter().filter(|(_, other)| *other != kind) {
                let id = codec.encode(*other, 1);
                assert!(
                    !pattern.is_match(&id) && codec.decode(kind, &id).is_err(),
                    "{id} as {name}"
                );
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
