//! The text of a key: its two published examples, its checksum, and what a scanner may rely on.

use claviger_domain::{KeyText, KeyType};
use proptest::prelude::*;

use crate::fixtures::{SERVICE_KEY, Seeded, USER_KEY, mint, tag, text_of};
use crate::property::{cases, check};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 bit by bit (ISO-HDLC: reflected, polynomial 0x04c11db7), to have a second opinion.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |state, byte| {
        (0..8).fold(state ^ u32::from(*byte), |state, _| {
            (state >> 1) ^ (0xedb8_8320 & (state & 1).wrapping_neg())
        })
    })
}

/// The six characters that belong behind this text.
pub(crate) fn checksum(body: &str) -> String {
    let mut number = u64::from(crc32(body.as_bytes()));
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(number % 62).unwrap()];
        number /= 62;
    }
    String::from_utf8(digits.to_vec()).unwrap()
}

/// What scanners search for: `\bclv[us]_[0-9A-Za-z]{20}_[0-9A-Za-z]{49}\b`, here for a whole text.
fn has_the_shape(text: &str) -> bool {
    let base62 = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    text.len() == 75
        && text.is_ascii()
        && ["clvu_", "clvs_"].contains(&&text[..5])
        && base62(&text[5..25])
        && &text[25..26] == "_"
        && base62(&text[26..])
}

#[test]
fn format_vectors() {
    for (text, key_type, handle) in [
        (USER_KEY, KeyType::User, "Ek01mavzfVABqZ5YsOOl"),
        (SERVICE_KEY, KeyType::Service, "Ek01XNubfuQPk3YWreXG"),
    ] {
        let key = KeyText::parse(text).unwrap();
        assert_eq!(key.key_type, key_type);
        assert_eq!(key.handle.as_str(), handle);
        assert_eq!(key.handle.tag().as_str(), "Ek01");
        assert_eq!(text.len(), 75);
        assert_eq!(text[69..], checksum(&text[..69]));
        assert_eq!(text_of(key), text);
    }
}

#[test]
fn format_roundtrip_prop() {
    let types = prop_oneof![Just(KeyType::User), Just(KeyType::Service)];
    check(cases(2_000), (types, any::<u64>()), |(key_type, seed)| {
        let minted = mint(key_type, &Seeded::new(seed));
        let text = minted.reveal();
        prop_assert!(has_the_shape(&text), "{text}");
        prop_assert_eq!(&text[69..], checksum(&text[..69]));
        let read = KeyText::parse(&text).unwrap();
        prop_assert_eq!(read.key_type, key_type);
        prop_assert_eq!(read.handle, minted.text.handle);
        prop_assert_eq!(read.handle.tag(), tag());
        prop_assert_eq!(text_of(read), text);
        Ok(())
    });
}

/// The text with some of its characters replaced.
fn edited(text: &str, edits: &[(usize, u8)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (place, byte) in edits {
        bytes[*place] = *byte;
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn crc_detects_any_1_2_char_edit() {
    for text in [USER_KEY, SERVICE_KEY] {
        let bytes = text.as_bytes();
        for (place, byte) in bytes.iter().enumerate() {
            for other in ALPHABET.iter().chain(b"_-").filter(|other| *other != byte) {
                let wrong = edited(text, &[(place, *other)]);
                assert!(KeyText::parse(&wrong).is_err(), "{wrong}");
            }
        }
        for first in 0..text.len() {
            for second in 0..first {
                let swapped = edited(text, &[(first, bytes[second]), (second, bytes[first])]);
                assert!(swapped == text || KeyText::parse(&swapped).is_err(), "{swapped}");
            }
        }
    }
}

#[test]
fn crc_detects_two_edits_wherever_they_are() {
    let entropy = Seeded::new(2);
    let pairs = (0..75_usize).flat_map(|first| (0..first).map(move |second| (first, second)));
    let rounds = usize::try_from(cases(20_000)).unwrap().div_ceil(75 * 37);
    for (first, second) in pairs {
        for _ in 0..rounds {
            let edits = [first, second].map(|place| (place, entropy.one_of(ALPHABET)));
            let wrong = edited(USER_KEY, &edits);
            assert!(wrong == USER_KEY || KeyText::parse(&wrong).is_err(), "{wrong}");
        }
    }
}

#[test]
fn regex_matches_only_valid_corpus() {
    let entropy = Seeded::new(3);
    let mut text = String::with_capacity(75);
    for number in 0..cases(100_000) {
        text.clear();
        text.push_str(if number % 2 == 0 { "clvu_" } else { "clvs_" });
        text.extend((0..20).map(|_| char::from(entropy.one_of(ALPHABET))));
        text.push('_');
        text.extend((0..49).map(|_| char::from(entropy.one_of(ALPHABET))));
        assert!(has_the_shape(&text));
        assert!(KeyText::parse(&text).is_err(), "{text}: the shape without the checksum");
    }
}

#[test]
fn what_has_not_the_shape_is_no_key() {
    let near_misses = [
        "",
        "hunter2",
        "clvu_",
        &USER_KEY[..74],
        &USER_KEY[1..],
        &format!("{USER_KEY}0"),
        &format!("{USER_KEY}\n"),
        &format!(" {USER_KEY}"),
        &format!("secret-token:{USER_KEY}"),
        &USER_KEY.to_uppercase(),
        &USER_KEY.replace("clvu_", "Clvu_"),
        &USER_KEY.replace("clvu_", "clvx_"),
        &USER_KEY.replace("clvu_", "clvu-"),
        &USER_KEY.replacen("sOOl_", "sOOl-", 1),
        &"é".repeat(37),
        &"\0".repeat(75),
    ];
    for text in near_misses {
        assert!(KeyText::parse(text).is_err(), "{text:?}");
    }
    // A right checksum does not save a wrong alphabet or a wrong kind.
    for (wanted, wrong) in [("clvu_", "clva_"), ("mavz", "ma-z"), ("B1f4", "B_f4")] {
        let body = USER_KEY[..69].replacen(wanted, wrong, 1);
        let text = format!("{body}{}", checksum(&body));
        assert!(KeyText::parse(&text).is_err(), "{text:?}");
    }
}

#[test]
fn a_key_is_found_wherever_it_should_not_be() {
    let broken = edited(USER_KEY, &[(40, b'!')]);
    let places = [
        USER_KEY,
        &format!("/v2/api-keys/{SERVICE_KEY}"),
        &format!("cursor={USER_KEY}&limit=5"),
        // The handle alone gives it away: a cut or mistyped key is still a leaked one.
        &USER_KEY[..25],
        &broken,
    ];
    for text in places {
        assert!(KeyText::looks_like_one(text), "{text:?}");
    }
    for text in ["", "clvu_", "clvu_short", &USER_KEY[..24], "Ek01mavzfVABqZ5YsOOl"] {
        assert!(!KeyText::looks_like_one(text), "{text:?}");
    }
}
