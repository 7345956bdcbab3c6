//! Names and descriptions: what can be seen in them, and what must not be.

use claviger_domain::{
    CharacterKind, Description, Email, InvalidEmail, InvalidText, KeyName, KeyText, Name,
};

use crate::fixtures::{SERVICE_KEY, USER_KEY};

/// Whether the texts are taken as names of everything and, in a line of other text, as descriptions.
fn assert_taken(texts: &[&str]) {
    for text in texts {
        assert_eq!(Name::parse(text).map(String::from).as_deref(), Ok(*text), "{text:?}");
        assert!(KeyName::parse(text).is_ok(), "{text:?}");
        assert!(Description::parse(&format!("for {text}\nand others")).is_ok(), "{text:?}");
    }
}

/// A name shows something (fault R23). Every blank that Unicode has is refused alone and beside others.
#[test]
fn a_name_of_nothing_visible_is_refused() {
    let ignorable =
        ["\u{3164}", "\u{fe0f}", "\u{e0041}", "\u{ad}", "\u{115f}", "\u{1160}", "\u{ffa0}"];
    let ignorable = ignorable.into_iter().chain([
        "\u{34f}",
        "\u{17b4}",
        "\u{180b}",
        "\u{180e}",
        "\u{1d173}",
        "\u{e0100}",
        "\u{200c}",
    ]);
    let blank = [
        "\u{2800}",
        "\u{13441}",
        "\u{13442}",
        "\u{1d159}",
        "\u{fffc}",
        "\u{3000}",
        "\u{a0}",
        "\u{1680}",
        "\u{2003}",
    ];
    let marks = ["\u{301}", "\u{20dd}", "\u{94d}", "\u{903}", "\u{16fe4}", "\u{600}", "\u{13430}"];
    for text in ignorable {
        for text in
            [text.to_owned(), text.repeat(3), format!(" {text} "), format!("\u{2800}{text}")]
        {
            assert!(Name::parse(&text).is_err() && KeyName::parse(&text).is_err(), "{text:?}");
            assert!(Description::parse(&text).is_err(), "{text:?}");
        }
    }
    for text in blank.into_iter().chain(marks) {
        for text in [text.to_owned(), text.repeat(3), format!(" {text}"), format!("{text}\u{2800}")]
        {
            assert_eq!(Name::parse(&text), Err(InvalidText::Empty), "{text:?}");
            assert_eq!(KeyName::parse(&text), Err(InvalidText::Empty), "{text:?}");
        }
        assert!(Name::of_person(&format!("a{text}b")).is_ok(), "{text:?}");
    }
    assert_eq!(Description::parse(""), Ok(None));
}

/// Two names that look the same are the same, as far as that depends on characters that nobody sees (fault R23).
#[test]
fn nothing_hides_in_a_name() {
    for hidden in [
        "\u{ad}",
        "\u{3164}",
        "\u{34f}",
        "\u{200b}",
        "\u{2060}",
        "\u{2064}",
        "\u{2065}",
        "\u{180e}",
        "\u{feff}",
        "\u{fff0}",
        "\u{e0001}",
        "\u{e0fff}",
        "\u{1bca0}",
        "\u{fffa}",
    ] {
        for text in [format!("pro{hidden}d"), format!("prod{hidden}"), format!("{hidden}prod")] {
            assert_eq!(Name::parse(&text), Err(InvalidText::Character), "{text:?}");
            assert_eq!(Description::parse(&text), Err(InvalidText::Character), "{text:?}");
        }
    }
    for hidden in [
        "\u{200c}",
        "\u{200d}",
        "\u{fe00}",
        "\u{fe0e}",
        "\u{fe0f}",
        "\u{180b}",
        "\u{e0061}",
        "\u{e007f}",
        "\u{e0100}",
    ] {
        for text in [
            "pro*d",
            "prod*",
            "*prod",
            "prod 1*",
            "*",
            "a *b",
            "\u{e9}*",
            "日本\u{200d}*",
            "\u{1f600} *",
        ] {
            let text = text.replace('*', hidden);
            assert_eq!(Name::parse(&text), Err(InvalidText::Misplaced), "{text:?}");
            assert_eq!(Description::parse(&text), Err(InvalidText::Misplaced), "{text:?}");
        }
    }
}

/// The characters that Unicode hides by default are part of people's names, and of emoji (fault R23).
#[test]
fn names_of_people_and_emoji_are_taken() {
    assert_taken(&[
        // Persian and Urdu with the non-joiner, Arabic with a vowel sign before it, and an initial letter by itself.
        "می\u{200c}خواهم",
        "علی\u{200c}رضا",
        "مثلاً\u{200c}",
        "ه\u{200d}",
        // Hindi, Bengali, Malayalam, Kannada and Sinhala with joiners on either side of the virama.
        "क्\u{200d}ष",
        "राम्\u{200c}",
        "র\u{200d}্যাচেল",
        "ജോണ്\u{200d}",
        "ರ\u{200d}್ಯ",
        "ශ්\u{200d}රී",
        // A Mongolian letter in another form, and ideographs in the forms of people's families.
        "ᠠ\u{180b}",
        "葛\u{e0100}城",
        "辻\u{e0101}",
        "芦\u{fe00}",
        // Other scripts, and marks that do not compose.
        "O’Brien",
        "Nguyễn Thị Minh",
        "Ж.-Ф. q\u{303}",
        "שָׁלוֹם",
        "ประเทศ",
        "김철수",
        "ⵣ",
    ]);
    assert_taken(&[
        "❤\u{fe0f}",
        "✔\u{fe0e} done",
        "1\u{fe0f}\u{20e3}",
        "#\u{fe0f}\u{20e3} channel",
        "🇩🇪",
        "👍🏽",
        "👩\u{200d}🚀",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        "👩\u{200d}❤\u{fe0f}\u{200d}👨",
        "🏴\u{200d}☠\u{fe0f}",
        "🏳\u{fe0f}\u{200d}🌈",
        "🤷🏽\u{200d}♀\u{fe0f}",
        "🏴",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "⠠⠁⠙⠁⠀⠇",
    ]);
    for broken in [
        "👩\u{200d}",
        "👩\u{200d} 🚀",
        "👩\u{200c}🚀",
        "👩\u{200d}\u{200d}🚀",
        "❤\u{fe0f}\u{fe0f}",
        "1\u{fe0f}",
        "1\u{fe0f}2",
        "🏴\u{e0067}",
        "🏴\u{e0067}\u{e0062}\u{e0065}",
        "🏴\u{e007f}",
        "👩\u{e0067}\u{e0062}\u{e0065}\u{e007f}",
        "علی\u{200c}\u{200c}رضا",
        "葛\u{e0100}\u{e0100}",
        "葛\u{fe0f}",
        "ᠠ\u{180b}\u{180b}",
    ] {
        assert_eq!(Name::parse(broken), Err(InvalidText::Misplaced), "{broken:?}");
    }
}

/// No character is missed: what is ignorable by default is refused alone, and what is not visible makes no name.
#[test]
fn every_character_is_of_one_kind() {
    for character in '\0'..=char::MAX {
        let text = character.to_string();
        let is_visible = CharacterKind::of(character) == CharacterKind::Visible;
        assert_eq!(Name::of_person(&text).is_ok(), is_visible, "U+{:04X}", u32::from(character));
        match Name::parse(&text) {
            Err(InvalidText::NotComposed) => assert!(is_visible, "U+{:04X}", u32::from(character)),
            parsed => assert_eq!(parsed.is_ok(), is_visible, "U+{:04X}", u32::from(character)),
        }
        if character.is_whitespace() || character.is_control() {
            assert!(!is_visible, "U+{:04X}", u32::from(character));
        }
        if character.is_ascii_graphic() {
            assert!(is_visible, "U+{:04X}", u32::from(character));
        }
    }
}

/// What was written under other rules is read as it is.
#[test]
fn stored_text_is_read_whatever_it_is() {
    for text in ["\u{3164}", "", "a\u{200b}b", "\u{0}"] {
        assert_eq!(KeyName::stored(text.to_owned()).as_str(), text);
        assert_eq!(Description::stored(text.to_owned()).as_str(), text);
    }
}

/// A key with one of its characters changed, or written another way: the whole, its parts, and the places it is pasted into.
fn pasted_keys() -> Vec<String> {
    let wide = |text: &str| {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        text.chars().map(wide).collect::<String>()
    };
    let mut texts = Vec::new();
    for key in [USER_KEY, SERVICE_KEY] {
        let wrapped = format!("{}\n  {}", &key[..30], &key[30..]);
        let encoded = key.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
        texts.extend([
            key.to_owned(),
            // Cut at the end, at the start, and at both.
            key[..74].to_owned(),
            key[..25].to_owned(),
            key[1..].to_owned(),
            key[5..].to_owned(),
            key[9..].to_owned(),
            key[26..].to_owned(),
            key[12..70].to_owned(),
            key[3..60].to_owned(),
            // Mistyped, or of another installation.
            format!("{}A", &key[..74]),
            key.replacen("Ek01", "zzzz", 1),
            key.to_uppercase(),
            key.to_lowercase(),
            // Pasted into something.
            format!("nightly build, key {key}, until May"),
            format!("ARIZE_API_KEY='{key}'"),
            format!("https://example.com/?api_key={key}&x=1"),
            format!("x{key}x"),
            // Broken up, or encoded.
            key.replacen('_', " _ ", 2),
            key.replacen('_', "\\_", 2),
            key.chars().flat_map(|c| [c, ' ']).collect(),
            format!("\"{}\" + \"{}\"", &key[..40], &key[40..]),
            key.replacen('_', "%5F", 2),
            key.replacen('_', "%255f", 2),
            encoded.clone(),
            encoded.replace('%', "%25"),
            wide(key),
            wide(&key.replacen('_', "%5F", 2)),
            key.replacen('c', "\u{1d41c}", 1),
        ]);
        assert!(Description::parse(&wrapped).is_err(), "{wrapped:?}");
    }
    texts
}

/// No text is kept that has a key in it, however it was pasted (fault R21).
#[test]
fn a_pasted_key_is_refused() {
    for text in pasted_keys() {
        assert_eq!(KeyName::parse(&text), Err(InvalidText::Key), "{text:?}");
        assert_eq!(Name::parse(&text), Err(InvalidText::Key), "{text:?}");
        assert_eq!(Description::parse(&text), Err(InvalidText::Key), "{text:?}");
        let error = Name::parse(&text).unwrap_err().to_string();
        assert!(error.contains("API key") && !error.contains("clv"), "{error}");
    }
    let local = &USER_KEY[..40];
    assert_eq!(Email::parse(&format!("{local}@example.com")), Err(InvalidEmail::Key));
}

/// What people write about keys is no key, and neither are the ids and digests that they write down.
#[test]
fn texts_about_keys_are_taken() {
    let redacted = KeyText::parse(USER_KEY).unwrap();
    let redacted = redacted.handle.redacted(redacted.key_type);
    assert_taken(&[
        "clvu_",
        "user keys start with clvu_ and service keys with clvs_",
        &redacted,
        "clvu_short",
        "Ek01mavzfVABqZ5YsOOl",
        "clvu_ keys of the nightly build that nobody uses any more and that expire soon",
        "4f0c1b2d-9a57-4d0e-8b5c-1f1f7a2f6c3d",
        "app_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "VXNlcjoxMjM0NTY3ODkwOmFiY2RlZg==",
        "100% of_the_time",
        "%zz %5",
        "ｆｕｌｌ ｗｉｄｔｈ",
    ]);
}
