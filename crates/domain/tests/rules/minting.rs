//! Making keys: every character equally likely, nothing without randomness, and nothing of a secret where it can be seen.

use claviger_domain::{
    Entropy, EntropyUnavailable, InstanceTag, KeyText, KeyType, MintedKey, PepperRing,
};

use crate::fixtures::{
    ACCOUNT, OWNER, PEPPER_FILE, Seeded, USER_KEY, hex, keyring, mint, mint_for, peppers, tag,
    text_of,
};
use crate::format::checksum;

const DIGITS: usize = 62;

/// Pearson's statistic against "all equally likely".
fn chi_squared(counts: &[u32; DIGITS]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / 62.0;
    let share = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
    counts.iter().map(share).sum()
}

fn digit(byte: u8) -> usize {
    usize::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => byte - b'a' + 36,
    })
}

#[test]
fn mint_uniform_chi2() {
    let entropy = Seeded::new(1);
    let mut all = [0; DIGITS];
    let mut places = vec![[0; DIGITS]; 75];
    for _ in 0..100_000 {
        let text = mint(KeyType::User, &entropy).reveal();
        // Behind the tag up to the checksum, without the underscore.
        for place in (9..25).chain(26..69) {
            let digit = digit(text.as_bytes()[place]);
            all[digit] += 1;
            places[place][digit] += 1;
        }
    }
    // 61 degrees of freedom. 111 is exceeded by chance once in 10,000 times; 127 once in 10,000 times by any of 59 places.
    let statistic = chi_squared(&all);
    assert!(statistic < 111.0, "over all places: {statistic}");
    for place in (9..25).chain(26..69) {
        let statistic = chi_squared(&places[place]);
        assert!(statistic < 127.0, "at place {place}: {statistic}");
    }
}

/// A random source that gives out so many times, and then fails.
#[derive(Debug)]
struct Failing(std::sync::Mutex<u32>);

impl Entropy for Failing {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        let mut left = self.0.lock().unwrap();
        *left = left.checked_sub(1).ok_or(EntropyUnavailable)?;
        bytes.fill(7);
        Ok(())
    }
}

#[test]
fn mint_uses_os_csprng() {
    // Every draw is asked of the one source: when it fails at any of them, there is no key, no tag and no pepper.
    let failing = |times| Failing(std::sync::Mutex::new(times));
    for times in 0..2 {
        let minted = MintedKey::generate(KeyType::User, tag(), &failing(times));
        assert_eq!(minted.err(), Some(EntropyUnavailable), "after {times}");
    }
    assert!(MintedKey::generate(KeyType::User, tag(), &failing(2)).is_ok());
    assert!(InstanceTag::generate(&failing(0)).is_err());
    assert!(PepperRing::generate(&failing(0)).is_err());
}

#[test]
fn bytes_that_would_favour_some_characters_are_drawn_again() {
    /// Gives 248 to 255 first, which are the bytes that 62 does not divide, and then zeros.
    #[derive(Debug)]
    struct Surplus(std::sync::atomic::AtomicBool);
    impl Entropy for Surplus {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
            let first = self.0.swap(false, std::sync::atomic::Ordering::Relaxed);
            for (byte, value) in bytes.iter_mut().zip((248..=255).cycle()) {
                *byte = if first { value } else { 61 };
            }
            Ok(())
        }
    }
    let tag = InstanceTag::generate(&Surplus(true.into())).unwrap();
    assert_eq!(tag.as_str(), "zzzz");
}

#[test]
fn redacted_key_independent_of_secret() {
    let text = KeyText::parse(USER_KEY).unwrap();
    assert_eq!(text.handle.redacted(KeyType::User), "clvu_Ek01...sOOl");
    let secret = mint(KeyType::User, &Seeded::new(9)).reveal()[26..69].to_owned();
    let body = format!("{}{secret}", &USER_KEY[..26]);
    let other = KeyText::parse(&format!("{body}{}", checksum(&body))).unwrap();
    assert_ne!(text_of(other.clone()), USER_KEY);
    for key_type in [KeyType::User, KeyType::Service] {
        assert_eq!(text.handle.redacted(key_type), other.handle.redacted(key_type));
    }
}

/// Whether six characters in a row of one are in the other.
fn shares_six_characters(seen: &str, secret: &str) -> bool {
    (0..secret.len() - 5).any(|start| seen.contains(&secret[start..start + 6]))
}

#[test]
fn secret_debug_prints_nothing() {
    let minted = MintedKey { text: KeyText::parse(USER_KEY).unwrap() };
    let keyring = keyring();
    let stored = keyring.digest(&minted.text, &mint_for(ACCOUNT, OWNER));
    let digest = stored.digest.as_bytes();
    let hidden = [
        USER_KEY[26..].to_owned(),
        PEPPER_FILE[26..90].to_owned(),
        hex(digest),
        format!("{:?}", &digest[..]),
        "0, 1, 2, 3, 4, 5".to_owned(),
    ];
    let seen = [
        format!("{minted:?} {minted:#?}"),
        format!("{:?} {:#?}", minted.text, minted.text.secret),
        format!("{keyring:?} {keyring:#?}"),
        format!("{stored:?} {:#?}", stored.digest),
        format!("{:?} {:#?}", peppers(), peppers()),
        format!("{:?}", KeyText::parse(&USER_KEY[1..])),
    ];
    for seen in &seen {
        for hidden in &hidden {
            assert!(!shares_six_characters(seen, hidden), "{hidden} in {seen}");
        }
    }
}
