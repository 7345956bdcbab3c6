//! Commands at a terminal, which `script` of util-linux makes.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Exit code, and everything that the terminal shows, of a command whose person types this.
pub(crate) fn at_terminal(
    directory: &Path,
    variables: &[(&str, &str)],
    arguments: &[&str],
    typed: &str,
) -> (i32, String) {
    let quoted: Vec<_> = std::iter::once(env!("CARGO_BIN_EXE_claviger"))
        .chain(arguments.iter().copied())
        .map(|word| format!("'{word}'"))
        .collect();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--echo", "never", "--command"]).arg(quoted.join(" "));
    command.arg("/dev/null").current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin");
    command.env("TERM", "dumb").envs(variables.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
    (output.status.code().unwrap(), text)
}
