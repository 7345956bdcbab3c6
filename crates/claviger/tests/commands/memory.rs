//! What a server has in memory stays there (docs/threat-model.md#memory-of-the-process).

use std::os::unix::process::ExitStatusExt as _;

use crate::installed::Installed;

/// A server that is aborted leaves no dump with the pepper in it, however large dumps may be for who starts it (fault R17).
#[test]
fn process_not_dumpable() {
    let installed = Installed::to_try("serve");
    let server = installed.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let numbers: Vec<_> = line.split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"], "{line}");
    let status = server.abort();
    assert!(status.signal().is_some(), "{status}");
    assert!(!status.core_dumped(), "{status}");
}
