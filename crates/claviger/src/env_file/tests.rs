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
        ("KEY='a # b'\n", "a # b"),
        ("KEY=\"a # b\" # why\n", "a # b"),
        ("KEY=\nB=1\n", ""),
        ("KEY=''\n", ""),
        ("KEY= # nothing\n", ""),
        ("A='\nx\n'\nKEY=abc\n", "abc"),
        ("# KEY=no\n\t# KEY='no\n\nKEY=abc\n", "abc"),
        ("export=no\nKEY=abc", "abc"),
        ("MY_KEY=no\nKEY=abc", "abc"),
    ] {
        assert_eq!(file(text).get("KEY").unwrap().as_deref(), Some(value), "{text:?}");
    }
    assert_eq!(file("B=1\n").get("KEY").unwrap(), None);
}

/// A quote opens only at the start of a value (fault C6).
#[test]
fn an_apostrophe_in_a_value_swallows_nothing() {
    for text in [
        "MOTD=it's fine\nKEY=abc\nNOTE=don't\n",
        "MOTD=it's fine\r\nKEY=abc\r\nNOTE=don't\r\n",
        "MOTD=5\" disk\nKEY=abc\nNOTE=a\"b\n",
        "MOTD=a 'b\nKEY=abc\nNOTE=c' d\n",
        "MOTD=\"it's fine\"\nKEY=abc\nNOTE=\"don't\"\n",
        "# it's ours\nKEY=abc\n# isn't it\n",
        "MOTD=x # it's\nKEY=abc # don't\nNOTE='y' # isn't\n",
        "MOTD=`id`\nKEY=abc\n",
    ] {
        assert_eq!(file(text).get("KEY").unwrap().as_deref(), Some("abc"), "{text:?}");
        assert_eq!(replaced(text, "new"), text.replace("KEY=abc", "KEY=new"));
    }
}

/// A file that is not understood is an error that names the line, and never a variable that is not set (faults C6, C8).
#[test]
fn what_is_not_understood_is_an_error_that_names_the_line() {
    for (text, said) in [
        ("A=1\nKEY='s3cret\n", "line 2, behind `KEY=`: the quote is not closed"),
        (
            "A=1\nMOTD='it's fine\nKEY=s3cret\nNOTE='don't\n",
            "line 2, behind `MOTD=`: there is something behind",
        ),
        ("A='x'y\nKEY=s3cret\n", "line 1"),
        ("A='x'#y\nKEY=s3cret\n", "line 1"),
        ("A=\"x\\\\\"\nKEY=s3cret\nB=\"\"\n", "line 1, behind `A=`: there is a backslash"),
        ("A='x\\'\nKEY=s3cret\nB=''\n", "line 1, behind `A=`: there is a backslash"),
        ("A=x\\\nKEY=s3cret\n", "line 1, behind `A=`: the line ends with a backslash"),
        ("A=`x\nKEY=s3cret\nB=`\n", "line 1, behind `A=`: the quote is not closed"),
        ("A=1\nKEY: s3cret\n", "line 2: it is neither"),
        ("A=1\nKEY\n=s3cret\n", "line 2: it is neither"),
        ("A=1\nset -a\nKEY=s3cret\n", "line 2: it is neither"),
        ("A=1\n\u{a0}KEY=s3cret\n", "line 2: it is neither"),
        ("'KEY'=s3cret\n", "line 1: it is neither"),
        ("A=1\rKEY=s3cret\r", "line 1: there is a control character"),
        ("A=1\nB=\u{1b}[0m\nKEY=s3cret\n", "line 2: there is a control character"),
        ("A=1\nB=\u{85}KEY=s3cret\n", "line 2: there is a control character"),
    ] {
        let error = format!("{:#}", EnvFile::parse(text.into()).unwrap_err());
        assert!(error.contains(said) && !error.contains("s3cret"), "{text:?}: {error}");
    }
    for bytes in [
        &b"A=1\nB=\xff\nKEY=abc\n"[..],
        b"\xff\xfeK\0E\0Y\0",
        b"\xfe\xff\0K\0E\0Y",
        b"K\0E\0Y\0=\0",
    ] {
        let error = format!("{:#}", EnvFile::parse(bytes.to_vec()).unwrap_err());
        assert!(error.contains("not UTF-8"), "{bytes:?}: {error}");
    }
}

/// What one program takes for a part of a quoted value and another for a line of its own (fault C8).
#[test]
fn a_variable_inside_a_quoted_value_is_an_error() {
    for text in [
        "NOTE='\nKEY=s3cret\n'\n",
        "NOTE=\"x\n export KEY = s3cret\r\ny\"\nA=1\n",
        "NOTE='x\nKEY=s3cret\n'\nKEY=s3cret\n",
    ] {
        let error = format!("{:#}", file(text).get("KEY").unwrap_err());
        assert!(
            error.contains("line 2: `KEY=` is inside the quoted value that begins in line 1"),
            "{error}"
        );
        assert!(file(text).with("KEY", "new").is_err());
        assert_eq!(file(text).get("B").unwrap(), None, "the rest is understood");
    }
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
        ("KEY=$(pass show key)\n", "KEY=new\n"),
        ("KEY=a\"b\"'c' # why\n", "KEY=new # why\n"),
    ] {
        assert_eq!(replaced(text, "new"), expected, "{text:?}");
    }
}

#[test]
fn a_value_that_needs_quotes_gets_them() {
    for value in ["a b", "a#b", "a'b", "a\"b", "$a", "a\\b", "`a`", "a;b"] {
        for text in ["KEY=abc\nB=1\n", "KEY='abc'\nB=1\n", "KEY=\"abc\" # why\nB=1\n", "KEY="] {
            let changed = file(&replaced(text, value));
            assert_eq!(changed.get("KEY").unwrap().as_deref(), Some(value), "{text:?}");
            assert_eq!(changed.get("B").unwrap(), file(text).get("B").unwrap(), "{text:?}");
        }
    }
}

/// There is no way to write these that all programs read alike.
#[test]
fn a_value_that_cannot_be_written_for_all_readers_is_refused() {
    for value in ["a'\"b", "a'$b", "a\\", "a\\\\b", "${a}", "a\nb", "a'\\b"] {
        let error = file("KEY=abc\n").with("KEY", value).unwrap_err();
        assert_eq!(error.to_string(), "`KEY` cannot be given this value", "{value:?}");
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
    let different = "programs read the value of `KEY` in different ways";
    for (text, said) in [
        ("KEY=s3cret\nB=1\nKEY=s3cret\n", "`KEY` is set twice, in lines 1 and 3"),
        ("A=1\nKEY=$s3cret\n", different),
        ("KEY=s3#cret\n", different),
        ("KEY=#s3cret\n", different),
        ("KEY=s3cret\\n\n", different),
        ("KEY=s3\u{a0}cret\n", different),
        ("KEY=\"s3\\\"cret\"\n", different),
        ("KEY=\"s3cret$\"\n", different),
        ("KEY=\"`s3cret`\"\n", different),
        ("KEY=`s3cret`\n", different),
        ("KEY='s3\\\\cret'\n", different),
        ("KEY='${s3cret}'\n", different),
        ("KEY='s3\ncret'\n", different),
    ] {
        let error = format!("{:#}", file(text).get("KEY").unwrap_err());
        assert!(error.contains(said) && !error.contains("s3cret"), "{text:?}: {error}");
    }
    assert!(file("B=1\n").with("KEY", "new").unwrap_err().to_string().contains("is not set in it"));
    assert!(file("KEY=1\nKEY=2\n").with("KEY", "new").is_err());
}

/// What is written is what a shell reads: the values that need quotes, in each kind of quotes that was there.
#[test]
fn a_shell_reads_what_was_written() {
    let directory = tempfile::tempdir().unwrap();
    for value in
        ["clvu_9zXg_abc", "a b", "a#b", "a'b", "a\"b", "$HOME", "a\\b", "`id`", "!~*?[]{}()<>|&;"]
    {
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
            "(export )?(B|C) ?= ?('[a-z #\"\n]{0,6}'|\"[a-z$ #'\n]{0,6}\"|[a-z#][a-z#' \"]{0,6})( #[a-z'\"]{0,6})?\r?\n",
            "(#[a-z :'\"=]{0,9})?\r?\n",
        ];
        proptest::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
    };
    let key = "[ \t]?(export )?KEY ?= ?('[a-z $#\"]{0,9}'|\"([a-z$ #]|\\\\[$\"]){0,9}\"|[a-z$()][a-z#$`()']{0,9})( +#[a-z']{0,6})?\r?\n";
    (lines(), key, lines()).prop_map(|(before, key, after)| [before, key, after].concat())
}

/// One of 1,000 random files, and what two libraries read from it; `tests/fixtures/dotenv/record.py` made them.
#[derive(serde::Deserialize)]
struct Recorded {
    text: String,
    python: Option<String>,
    node: Option<String>,
}

/// The same value as both libraries read, or an error: never a third answer, and never "not set" where one of them finds it (fault C6).
#[test]
fn what_is_read_is_what_two_other_libraries_read() {
    let recorded = include_str!("../../tests/fixtures/dotenv/recorded.jsonl");
    let mut read = 0;
    for line in recorded.lines() {
        let Recorded { text, python, node } = serde_json::from_str(line).unwrap();
        let Ok(value) = EnvFile::parse(text.clone().into()).and_then(|file| file.get("KEY")) else {
            continue;
        };
        assert_eq!((&value, &value), (&python, &node), "{text:?}");
        read += 1;
    }
    assert!(read > 150, "only {read} were read");
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
