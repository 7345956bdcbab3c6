//! Secrets are wiped from memory when they are dropped: the memory that they were in is read afterwards.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use claviger_domain::{KeyText, MintedKey};

use crate::fixtures::USER_KEY;

/// The secret of [`USER_KEY`], beyond the first bytes: an allocator writes over those of memory that is given back.
const CANARY: &[u8] = b"hp3ILTgK2y3mH3UqtmaFCrvkUb7";

/// Whether the canary is in what was given to this box, before and after it is dropped.
fn holds_it<T>(boxed: Box<T>) -> (bool, bool) {
    let address = u64::try_from(std::ptr::from_ref::<T>(&boxed).addr()).unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut found = vec![0; size_of::<T>()];
    let mut look = || {
        memory.read_exact_at(&mut found, address).unwrap();
        found.windows(CANARY.len()).any(|window| window == CANARY)
    };
    let before = look();
    drop(boxed);
    (before, look())
}

/// What is not wiped is found, so that the others would be.
#[test]
fn memory_that_nobody_wipes_keeps_what_was_in_it() {
    let mut plain = [b'.'; 128];
    plain[64..64 + CANARY.len()].copy_from_slice(CANARY);
    assert_eq!(holds_it(Box::new(plain)), (true, true));
}

#[test]
fn zeroize_on_drop() {
    let text = KeyText::parse(USER_KEY).unwrap();
    assert_eq!(holds_it(Box::new(text.clone())), (true, false));
    assert_eq!(holds_it(Box::new(MintedKey { text: text.clone() })), (true, false));
    // In a list too, and inside what carries it.
    assert_eq!(holds_it(Box::new([text.clone(), text.clone()])), (true, false));
    assert_eq!(holds_it(Box::new(Some((1_u64, text)))), (true, false));
}
