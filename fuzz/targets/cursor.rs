//! Cursors: none but those that were sealed open, and those only in their own list.
#![no_main]

use claviger_server::fuzzing::{open_cursor, seal_cursor};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, i64, i64, u16, u8)| {
    let (text, reader, id, place, flip) = input;
    // The fuzzer learns a sealed cursor by watching; that one may open, as what it is.
    if let Some((reader, id)) = open_cursor("list", text) {
        assert_eq!(seal_cursor("list", reader, id).as_deref(), Some(text));
    }
    let Some(sealed) = seal_cursor("list", reader, id) else { return };
    assert_eq!(open_cursor("list", &sealed), Some((reader, id)));
    assert_eq!(open_cursor("other", &sealed), None);
    let mut bytes = sealed.clone().into_bytes();
    let place = usize::from(place) % bytes.len();
    bytes[place] ^= flip & 0x7f;
    if let Ok(changed) = String::from_utf8(bytes)
        && changed != sealed
        && let Some((reader, id)) = open_cursor("list", &changed)
    {
        assert_eq!(seal_cursor("list", reader, id), Some(changed));
    }
});
