//! The pepper file: what it may look like, how a wrong one is noticed, and that nothing of it is ever repeated.

use claviger_domain::{InvalidPepperFile, PepperId, PepperMismatch, PepperRing};

use InvalidPepperFile::{Count, Malformed, NoPrimary};

use crate::fixtures::{PEPPER_FILE, Seeded, hex, peppers};

const CANARY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

fn other(digit: &str) -> String {
    digit.repeat(64)
}

/// A pepper file with these peppers.
fn file(primary: &str, peppers: &[(&str, &str)]) -> String {
    let peppers: Vec<_> = peppers.iter().map(|(id, hex)| format!(r#""{id}":"{hex}""#)).collect();
    format!(r#"{{"primary":{primary},"peppers":{{{}}}}}"#, peppers.join(","))
}

fn many(count: u8) -> String {
    let hex = other("1");
    let ids: Vec<_> = (1..=count).map(|id| id.to_string()).collect();
    let peppers: Vec<_> = ids.iter().map(|id| (id.as_str(), hex.as_str())).collect();
    file("1", &peppers)
}

#[test]
fn a_ring_is_read_back_from_its_own_file() {
    let ring = PepperRing::generate(&Seeded::new(1)).unwrap();
    let text = ring.reveal();
    assert!(text.ends_with("}\n"));
    let read = PepperRing::parse(&text).unwrap();
    assert_eq!(read.primary(), PepperId(1));
    assert_eq!(read.checks(), ring.checks());
    assert_eq!(read.reveal(), text);
    assert_eq!(peppers().reveal().trim_end(), PEPPER_FILE);
}

#[test]
fn the_check_of_a_pepper_never_changes() {
    // HMAC-SHA-256 under 00 to 1f over the constant, computed with another implementation: databases keep it.
    let expected = "1c7a277e21045a62242ba825312e58c4fbaf3820d6d069cc7bd35cd0a3fb9f71";
    let checks = peppers().checks();
    assert_eq!((checks.len(), hex(&checks[0].value).as_str()), (1, expected));
}

#[test]
fn forms_of_the_file() {
    let hex = other("1");
    let accepted = [
        file("1", &[("1", &hex)]),
        file("255", &[("255", &hex), ("0", &other("2"))]),
        file("1", &[("1", &"aB".repeat(32))]),
        format!("\n {} \n", file("1", &[("1", &hex)])),
        many(8),
    ];
    for text in accepted {
        assert!(PepperRing::parse(&text).is_ok(), "{text}");
    }
    let refused = [
        (String::new(), Malformed),
        ("[]".to_owned(), Malformed),
        (file("1", &[]), Count),
        (many(9), Count),
        (file("2", &[("1", &hex)]), NoPrimary),
        (file("1", &[("1", &hex[1..])]), Malformed),
        (file("1", &[("1", &format!("{hex}00"))]), Malformed),
        (file("1", &[("1", &hex.replace('1', "g"))]), Malformed),
        (file("1", &[("1", "")]), Malformed),
        (file("1", &[("256", &hex)]), Malformed),
        (file("1", &[("-1", &hex)]), Malformed),
        (file("1", &[("01", &hex)]), Malformed),
        (file("null", &[("1", &hex)]), Malformed),
        (file("\"1\"", &[("1", &hex)]), Malformed),
        (format!("{}x", file("1", &[("1", &hex)])), Malformed),
        (format!("\u{feff}{}", file("1", &[("1", &hex)])), Malformed),
        (file("1", &[("1", &hex)]).replacen('{', r#"{"note":"","#, 1), Malformed),
    ];
    for (text, expected) in refused {
        assert_eq!(PepperRing::parse(&text).err(), Some(expected), "{text}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let (one, two) = (other("1"), other("2"));
    let twice = file("1", &[("1", &one), ("1", &two)]);
    assert!(PepperRing::parse(&twice).is_err(), "two peppers of one number");
    let positional = format!(r#"[1,{{"1":"{one}"}}]"#);
    assert!(PepperRing::parse(&positional).is_err(), "an array where an object is wanted");
}

#[test]
fn errors_never_quote_the_file() {
    let broken = [
        CANARY.to_owned(),
        file("1", &[("1", &format!("{CANARY}zz"))]),
        file("2", &[("1", CANARY)]),
        file(&format!("\"{CANARY}\""), &[("1", CANARY)]),
        file("1", &[(CANARY, CANARY)]),
        file("1", &[("1", CANARY)]).replacen('{', &format!(r#"{{"{CANARY}":1,"#), 1),
    ];
    for text in broken {
        let error = PepperRing::parse(&text).unwrap_err();
        let seen = format!("{error} {error:?} {error:#?}");
        assert!(!seen.contains("c0ffee"), "{seen}");
    }
    let ring = PepperRing::parse(&file("1", &[("1", CANARY)])).unwrap();
    assert!(!format!("{ring:?}").contains("c0ffee"));
}

#[test]
fn start_with_wrong_pepper_refuses() {
    let ring = |peppers: &[(&str, &str)]| PepperRing::parse(&file(peppers[0].0, peppers)).unwrap();
    let (one, two, three) = (other("1"), other("2"), other("3"));
    let kept = ring(&[("1", &one), ("2", &two)]).checks();
    let fits = |peppers: &[(&str, &str)]| ring(peppers).fits(&kept);
    assert_eq!(fits(&[("1", &one), ("2", &two)]), Ok(()));
    // More peppers than the database knows, and another primary: that is how a new one is brought in.
    assert_eq!(fits(&[("3", &three), ("2", &two), ("1", &one)]), Ok(()));
    let missing = |id| Err(PepperMismatch::Missing(PepperId(id)));
    let different = |id| Err(PepperMismatch::Different(PepperId(id)));
    assert_eq!(fits(&[("1", &one)]), missing(2));
    assert_eq!(fits(&[("3", &three)]), missing(1));
    assert_eq!(fits(&[("1", &one), ("2", &three)]), different(2));
    // The right peppers under each other's numbers are the wrong ring.
    assert_eq!(fits(&[("1", &two), ("2", &one)]), different(1));
}
