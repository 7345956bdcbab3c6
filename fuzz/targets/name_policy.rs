//! Names and descriptions: what is accepted is accepted again, unchanged.
#![no_main]

use claviger_domain::{Description, KeyName};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(name) = KeyName::parse(text) {
        assert!(name.as_str().chars().count() <= KeyName::MAX_LEN);
        assert_eq!(KeyName::parse(name.as_str()).as_ref(), Ok(&name));
    }
    if let Ok(Some(description)) = Description::parse(text) {
        assert_eq!(Description::parse(description.as_str()), Ok(Some(description)));
    }
});
