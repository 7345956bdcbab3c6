//! A key from the keyring of the desktop, in builds with the feature `keyring`.

use super::workplace::{Workplace, checked};

/// On a server there is none. That is an error, and no reason to take another key.
#[test]
fn without_a_keyring_no_other_key_is_taken() {
    let place = Workplace::new();
    let mut command = place.command(&["list", "--keyring", "laptop"]);
    let output = command
        .env("ARIZE_API_KEY", place.administrator_key())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        .output()
        .unwrap();
    let text = place.shown(&checked(output));
    assert!(text.starts_with("exit 1\n--- stdout\n--- stderr\n"), "{text}");
    assert!(text.contains("error: the entry `laptop` of the keyring cannot be read"), "{text}");
}
