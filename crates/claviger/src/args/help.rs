//! Tests of the help of all commands.

use clap::CommandFactory as _;
use clap::builder::StyledStr;

use super::Args;

/// How many columns a small terminal has, and the size of one that people work at.
const COLUMNS: usize = 80;
const SCREEN: (usize, usize) = (100, 48);

/// Every command, with its full name.
fn commands() -> Vec<clap::Command> {
    let mut all = vec![Args::command()];
    all[0].build();
    let mut next = 0;
    while let Some(command) = all.get(next) {
        let below: Vec<_> = command.get_subcommands().cloned().collect();
        all.extend(below);
        next += 1;
    }
    all
}

/// A line that is longer than the terminal is wrapped, and cannot be pasted (fault C18).
#[test]
fn examples_fit_and_can_be_pasted() {
    for command in commands() {
        let name = command.get_name().to_owned();
        let texts = [command.get_after_long_help(), command.get_after_help()];
        for text in texts.into_iter().flatten().map(StyledStr::to_string) {
            for line in text.lines().filter(|line| line.starts_with("  ")) {
                assert!(line.chars().count() < COLUMNS, "{name}: {line}");
            }
        }
        let help = command.clone().term_width(COLUMNS).render_long_help().to_string();
        let Some((_, examples)) = help.split_once("Example") else { continue };
        let mut is_continued = false;
        for line in examples.lines().skip(1).take_while(|line| !line.is_empty()) {
            let begins = line.starts_with("  claviger ");
            assert!(begins || (is_continued && line.starts_with("    ")), "{name}: {line}");
            is_continued = line.ends_with(['\\', '|']);
        }
        assert!(!is_continued, "{name}: the last example goes on");
    }
}

/// `-h` is for a look, `--help` for reading (fault C18).
#[test]
fn short_help_fits_a_screen() {
    for command in commands() {
        let (columns, most) = SCREEN;
        let help = command.clone().term_width(columns).render_help().to_string();
        let lines = help.lines().count();
        assert!(lines <= most, "{}: {lines} lines\n{help}", command.get_name());
    }
}
