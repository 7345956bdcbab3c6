//! Commands at a terminal, which `script` of util-linux makes.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the ends of questions look like.
const QUESTIONS: [&str; 2] = ["[y/N]", "not shown:"];

/// Exit code, and everything that the terminal shows, of a command whose person types this once they are asked. What is typed before that
/// would be shown by the terminal, and then thrown away.
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
    let mut screen = child.stdout.take().unwrap();
    let mut keyboard = child.stdin.take().filter(|_| !typed.is_empty());
    let mut shown = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let text = String::from_utf8_lossy(&shown);
        if QUESTIONS.iter().any(|question| text.contains(question))
            && let Some(mut keyboard) = keyboard.take()
        {
            keyboard.write_all(typed.as_bytes()).unwrap();
        }
        // Where a terminal ends, Linux fails to read.
        match screen.read(&mut piece) {
            Ok(count) if count > 0 => shown.extend_from_slice(&piece[..count]),
            _ => break,
        }
    }
    let text = String::from_utf8(shown).unwrap().replace("\r\n", "\n");
    (child.wait().unwrap().code().unwrap(), text)
}
