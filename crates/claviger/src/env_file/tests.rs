//! What is read from files of variables, and what stays when one value is replaced.

use std::process::Command;

use proptest::prelude::*;

use super::*;

fn file(text: &str) -> EnvFile {
    EnvFile::parse(text.as_bytes().to_vec()).unwrap()
}

fn replaced(text: &str, value: &str) -> String {
    String::from_utf8(file(text).with("KEY", value).unwrap()).unwrap()
}

#[test]
fn values_are_read_in_every_way_to_write_them() {
    for (text, value) in [
        ("KEY=abc", "abc"),
        ("KEY=abc\r\nB=1\r\n", "abc"),
        ("\u{feff}KEY=abc\n", "abc"),
        ("  export\tKEY = abc  # why\n", "abc"),
        ("KEY=a#b\n", "a#b"),
        ("KEY='a # b'\n", "a # b"),
        ("KEY=\"a \\\"b\\\" \\$c\" # why\n", "a \"b\" $c"),
        ("KEY=\nB=1\n", ""),
        ("KEY= # nothing\n", ""),
        ("A='\nKEY=no\n'\nKEY=abc\n", "abc"),
        ("# KEY=no\necho KEY=no\n[section]\nKEY=abc\n", "abc"),
        ("export=no\nKEY=abc", "abc"),
        ("MY_KEY=no\nKEY=abc", "abc"),
    ] {
        assert_eq!(file(text).get("KEY").unwrap().as_deref(), Some(value), "{text:?}");
    }
    assert_eq!(file("B=1\n").get("KEY").unwrap(), None);
}

#[test]
fn one_value_is_replaced_and_every_other_byte_stays() {
    for (text, expected) in [
        ("KEY=abc", "KEY=new"),
        ("A=1\r\nKEY=abc\r\nB=2\r\n", "A=1\r\nKEY=new\r\nB=2\r\n"),
        ("\u{feff}KEY=abc\n", "\u{feff}KEY=new\n"),
        (" export\tKEY = abc  # why\n\n\n", " export\tKEY = new  # why\n\n\n"),
        ("KEY='abc' # why", "KEY='new' # why"),
        ("KEY=\"abc\"\n", "KEY=\"new\"\n"),
        ("KEY=\nB=1\n", "KEY=new\nB=1\n"),
        ("KEY= # nothing\n", "KEY=new # nothing\n"),
        ("if true; then\n  KEY=abc\nfi\n", "if true; then\n  KEY=new\nfi\n"),
        ("KEY=$(pass show key)\n", "KEY=new\n"),
        ("KEY=a\"b\"'c' # why\n", "KEY=new # why\n"),
    ] {
        assert_eq!(replaced(text, "new"), expected, "{text:?}");
    }
    let odd = [b"A=\xff\xfe\nKEY=abc\n".as_slice(), b"\0\n"].concat();
    let changed = EnvFile::parse(odd).unwrap().with("KEY", "new").unwrap();
    assert_eq!(changed, [b"A=\xff\xfe\nKEY=new\n".as_slice(), b"\0\n"].concat());
}

#[test]
fn a_value_that_needs_quotes_gets_them() {
    for value in ["a b", "a#b", "a'b", "a\"b", "$a", "a\\", "`a`", "a'\"$`\\ #b"] {
        for text in ["KEY=abc\nB=1\n", "KEY='abc'\nB=1\n", "KEY=\"abc\" # why\nB=1\n", "KEY="] {
            let changed = file(&replaced(text, value));
            assert_eq!(changed.get("KEY").unwrap().as_deref(), Some(value), "{text:?}");
            assert_eq!(changed.get("B").unwrap(), file(text).get("B").unwrap(), "{text:?}");
        }
    }
}

#[test]
fn the_old_value_comes_back_as_it_was_written() {
    for text in ["KEY=\"a\\\"b\"\n# why\n", "KEY=$(pass show key)\n", "KEY=\nB=1\n", "KEY='abc'"] {
        let changed = file(&replaced(text, "new"));
        let back = changed.with_value_of("KEY", &file(text)).unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), text);
    }
}

#[test]
fn what_has_no_one_meaning_is_refused_without_showing_it() {
    for (text, said) in [
        ("KEY=s3cret\nB=1\nKEY=s3cret\n", "`KEY` is set twice, in lines 1 and 3"),
        ("A=1\nKEY=$s3cret\n", "line 2: the value of `KEY` takes a shell"),
        ("KEY=\"s3\"cret\n", "takes a shell"),
        ("KEY=\"`s3cret`\"\n", "takes a shell"),
    ] {
        let error = format!("{:#}", file(text).get("KEY").unwrap_err());
        assert!(error.contains(said) && !error.contains("s3cret"), "{text:?}: {error}");
    }
    let open = EnvFile::parse(b"A=1\nKEY='s3cret\n".to_vec()).unwrap_err();
    assert_eq!(open.to_string(), "line 2: the quote behind `KEY=` is not closed");
    assert!(file("B=1\n").with("KEY", "new").unwrap_err().to_string().contains("is not set in it"));
    assert!(file("KEY=1\nKEY=2\n").with("KEY", "new").is_err());
}

/// What is written is what a shell reads: the values that need quotes, in each kind of quotes that was there.
#[test]
fn a_shell_reads_what_was_written() {
    let directory = tempfile::tempdir().unwrap();
    for value in [
        "clvu_9zXg_abc",
        "a b",
        "a#b",
        "a'b",
        "a\"b",
        "$HOME",
        "a\\b",
        "`id`",
        "a'\"$`\\ #b",
        "!~*?[]{}()<>|&;",
    ] {
        for text in ["KEY=abc\n", "export KEY='abc' # why\n", "KEY=\"abc\" # why\n", "KEY=\nB=1\n"]
        {
            std::fs::write(directory.path().join(".env"), replaced(text, value)).unwrap();
            let script = ". ./.env; printf %s \"$KEY\"";
            let output = Command::new("sh").args(["-c", script]).current_dir(&directory).output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), value, "{text:?}");
        }
    }
}

/// A file that sets `KEY` once, in one of the ways to do that, between all kinds of lines.
fn files() -> impl Strategy<Value = String> {
    let lines = || {
        let line = prop_oneof![
            "(export )?(B|C) ?= ?('[^'\r]{0,6}'|\"[a-z$ #]{0,6}\"|[a-z#]{0,6})( #[^\n]{0,6})?\r?\n",
            "[#\\[ ]?[a-z :]{0,9}\r?\n",
        ];
        proptest::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
    };
    let key = "[ \t]?(export )?KEY ?= ?('[^'\r]{0,9}'|\"([a-z$ #]|\\\\[\"\\\\$]){0,9}\"|[a-z#$`()]{0,9})( +#[^\n]{0,6})?\r?\n";
    (lines(), key, lines()).prop_map(|(before, key, after)| [before, key, after].concat())
}

proptest! {
    /// Either it is refused, or the value is the new one and every byte before and behind it is as it was.
    #[test]
    fn prop_only_the_value_changes(text in files(), value in "[!-~]{1,40}") {
        let file = EnvFile::parse(text.into_bytes());
        prop_assume!(file.is_ok());
        let file = file.unwrap();
        let changed = file.with("KEY", &value);
        prop_assume!(changed.is_ok());
        let changed = changed.unwrap();
        let place = file.find("KEY").unwrap().unwrap().place.clone();
        prop_assert_eq!(&changed[..place.start], &file.bytes[..place.start]);
        let rest = &file.bytes[place.end..];
        prop_assert!(changed.ends_with(rest));
        let after = EnvFile::parse(changed).unwrap();
        prop_assert_eq!(after.get("KEY").unwrap(), Some(value));
        for name in ["B", "C"] {
            prop_assert_eq!(after.get(name).ok(), file.get(name).ok());
        }
        prop_assert_eq!(after.with_value_of("KEY", &file).unwrap(), file.bytes);
    }

    #[test]
    fn prop_any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(file) = EnvFile::parse(bytes) {
            drop(file.get("KEY"));
            drop(file.with("KEY", "new"));
        }
    }
}
