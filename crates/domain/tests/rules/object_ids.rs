//! Ids on the wire: one spelling for each, read back only by the installation that wrote it, and quiet about forgeries.

use claviger_domain::{MalformedObjectId, ObjectIdCodec, ObjectKind};
use data_encoding::BASE64;
use proptest::prelude::*;

use crate::property::{cases, check};

const KINDS: [ObjectKind; 5] = [
    ObjectKind::ApiKey,
    ObjectKind::Organization,
    ObjectKind::Role,
    ObjectKind::Space,
    ObjectKind::User,
];

fn codec() -> ObjectIdCodec {
    let mut key = [0; 32];
    for (byte, value) in key.iter_mut().zip(0..) {
        *byte = value;
    }
    ObjectIdCodec::new(&key)
}

fn ids() -> impl Strategy<Value = (ObjectKind, i64)> {
    let numbers = prop_oneof![1..100_i64, 1..=i64::MAX, Just(i64::MAX)];
    (proptest::sample::select(&KINDS[..]), numbers)
}

#[test]
fn ids_never_change() {
    // Computed with another implementation, under the key 00 to 1f. Clients keep ids: they are for ever.
    for (kind, number, text) in [
        (ObjectKind::ApiKey, 1001, "QXBpS2V5OjEwMDE6SFNzMmo0cnVaaXg="),
        (ObjectKind::Space, 1, "U3BhY2U6MTpENFhIbEpMaTkxYQ=="),
        (ObjectKind::User, i64::MAX, "VXNlcjo5MjIzMzcyMDM2ODU0Nzc1ODA3OjRjekZsNUg5WmJZ"),
    ] {
        assert_eq!(codec().encode(kind, number), text);
        assert_eq!(codec().decode(kind, text), Ok(number));
    }
}

#[test]
fn official_clients_know_an_id_when_they_see_one() {
    check(cases(2_000), ids(), |(kind, number)| {
        let text = codec().encode(kind, number);
        prop_assert!(!text.contains(['+', '/']), "{text}");
        prop_assert!(text.len().is_multiple_of(4), "padded: {text}");
        let decoded = String::from_utf8(BASE64.decode(text.as_bytes()).unwrap()).unwrap();
        prop_assert!(decoded.contains(':'));
        let start = format!("{}:{number}:", kind.word());
        prop_assert!(decoded.starts_with(&start));
        prop_assert_eq!(codec().decode(kind, &text), Ok(number));
        Ok(())
    });
}

#[test]
fn one_id_has_one_spelling() {
    check(cases(10_000) / 100, ids(), |(kind, number)| {
        let text = codec().encode(kind, number);
        let unpadded = text.trim_end_matches('=');
        let spellings = [
            format!("{text} "),
            format!(" {text}"),
            format!("{text}\n"),
            format!("{text}="),
            format!("{}\n{}", &text[..4], &text[4..]),
            text.replace('=', "%3D"),
            unpadded.to_owned(),
        ];
        for other in spellings.iter().filter(|other| **other != text) {
            prop_assert!(codec().decode(kind, other).is_err(), "{other:?}");
        }
        // Any other character at any place: never this id again, and never another one that exists.
        for place in 0..text.len() {
            for character in "ABab01+/=-_".chars() {
                let mut other = text.clone();
                other.replace_range(place..=place, &character.to_string());
                let read = codec().decode(kind, &other).unwrap_or(0);
                prop_assert!(other == text || read == 0, "{other} is {read}");
            }
        }
        Ok(())
    });
}

#[test]
fn an_id_of_another_kind_is_told_apart() {
    check(cases(500), (ids(), 1..5_usize), |((kind, number), step)| {
        let place = KINDS.iter().position(|known| *known == kind).unwrap();
        let wanted = KINDS[(place + step) % 5];
        let read = codec().decode(wanted, &codec().encode(kind, number));
        prop_assert_eq!(read, Err(MalformedObjectId::WrongKind(wanted.word())));
        Ok(())
    });
}

#[test]
fn a_forged_id_names_nothing() {
    let genuine = codec().encode(ObjectKind::Space, 12_345);
    let decoded = String::from_utf8(BASE64.decode(genuine.as_bytes()).unwrap()).unwrap();
    let genuine_check = decoded.rsplit(':').next().unwrap();
    let forged = [
        "Space:12345".to_owned(),
        "Space:12345:".to_owned(),
        "Space:12345:aBcD".to_owned(),
        format!("Space:12345:{}", "0".repeat(11)),
        format!("Space:12346:{genuine_check}"),
        format!("Space:12345:{}", &genuine_check[..10]),
        format!("Space:12345:{genuine_check}0"),
        format!("Space:012345:{genuine_check}"),
        format!("Space:+12345:{genuine_check}"),
        format!("Space: 12345:{genuine_check}"),
        format!("Space:12345:{genuine_check}:"),
        "Space:0:aBcD".to_owned(),
        "Space:".to_owned(),
        "Space::aBcD".to_owned(),
        "Space:x:aBcD".to_owned(),
        "Space:-1:aBcD".to_owned(),
        "Space:1:a:b".to_owned(),
        "Space:1:é".to_owned(),
        "Space:9223372036854775808:aBcD".to_owned(),
    ];
    for text in forged {
        let id = BASE64.encode(text.as_bytes());
        assert_eq!(codec().decode(ObjectKind::Space, &id), Ok(0), "{text}");
    }
    let binary = BASE64.encode(b"Space:\xff\xfe:\x80");
    assert_eq!(codec().decode(ObjectKind::Space, &binary), Ok(0));
    let elsewhere = ObjectIdCodec::new(&[9; 32]);
    assert_eq!(elsewhere.decode(ObjectKind::Space, &genuine), Ok(0));
    // What was checked for one kind is not checked for another.
    let moved = BASE64.encode(format!("User:12345:{genuine_check}").as_bytes());
    assert_eq!(codec().decode(ObjectKind::User, &moved), Ok(0));
}

#[test]
fn what_is_no_id_is_called_malformed() {
    let inner = ["", ":", "Space", "Spaceé", ":1:aBcD", "Sp ace:1:aBcD", "\u{301}Space:1:aBcD"];
    for text in inner {
        let id = BASE64.encode(text.as_bytes());
        let read = codec().decode(ObjectKind::Space, &id);
        assert_eq!(read, Err(MalformedObjectId::Malformed), "{text:?}");
    }
    // 128 characters and no more.
    let [longest, long] =
        [88, 89].map(|n| BASE64.encode(format!("Space:1:{}", "a".repeat(n)).as_bytes()));
    assert_eq!((longest.len(), codec().decode(ObjectKind::Space, &longest)), (128, Ok(0)));
    for text in ["x", "Space:1:aBcD", "////", "_w==", "gA==", &long, "%00", "U3BhY2U6MT==="] {
        let read = codec().decode(ObjectKind::Space, text);
        assert_eq!(read, Err(MalformedObjectId::Malformed), "{text:?}");
    }
}
