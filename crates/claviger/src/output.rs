//! Everything that is printed: results to stdout, the rest to stderr. A secret is printed where somebody asked for it, and once.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where printing is done")]

pub(crate) mod failure;
pub(crate) mod keys;
pub(crate) mod policy;
pub(crate) mod records;
mod stdout;
mod table;

use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;

use arize::jiff::Timestamp;
use claviger_domain::AuditVerdict;
use data_encoding::HEXLOWER;

/// What `dev` made, or found.
#[derive(Debug)]
pub(crate) struct DevSummary<'a> {
    pub address: SocketAddr,
    pub data_dir: &'a Path,
    pub environment_file: &'a Path,
    pub organization_id: &'a str,
    pub space_id: &'a str,
    /// The administrator's key, if it was made just now.
    pub new_key: Option<&'a str>,
}

/// Says that something failed, and what led to it.
pub(crate) fn error(error: &anyhow::Error) {
    aside(&format!("error: {}", printable(&error.to_string())));
    for cause in error.chain().skip(1) {
        aside(&format!("  caused by: {}", printable(&cause.to_string())));
    }
}

/// Says what could be done about a failure.
pub(crate) fn hint(hint: &str) {
    aside(&format!("hint: {hint}"));
}

/// Says that something is dangerous, and goes on.
pub(crate) fn warning(warning: &str) {
    aside(&format!("warning: {warning}"));
}

/// Says what was done, beside the result.
pub(crate) fn note(note: &str) {
    aside(note);
}

/// Prints a line to stderr. `eprintln!` would end the program where that is closed or full, in the middle of what it is doing.
fn aside(line: &str) {
    drop(std::io::stderr().write_all(format!("{line}\n").as_bytes()));
}

/// The text without what would move a cursor, end a line or turn the direction of writing: some of it comes from elsewhere.
pub(crate) fn printable(text: &str) -> String {
    let is_hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if is_hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Introduces a server to try things with.
pub(crate) fn dev(summary: &DevSummary<'_>) {
    let DevSummary { address, data_dir, environment_file, organization_id, space_id, new_key } =
        summary;
    let environment_file = environment_file.display();
    println!("Claviger is listening on http://{address}");
    println!();
    match new_key {
        Some(_) => println!("Made in {}:", data_dir.display()),
        None => println!("Goes on in {}:", data_dir.display()),
    }
    println!("  organization  {organization_id}");
    println!("  space         {space_id}");
    println!("  environment   {environment_file}");
    match new_key {
        Some(key) => {
            println!("  admin key     {key}");
            println!("                shown this once; it is kept in the environment file");
        }
        None => println!("  admin key     in the environment file"),
    }
    println!();
    println!("Try, in another terminal:");
    println!("  set -a; . {environment_file}; set +a");
    println!("  curl -H \"Authorization: Bearer $ARIZE_API_KEY\" $ARIZE_BASE_URL/v2/api-keys");
    println!(
        "  curl -H \"Authorization: Bearer $ARIZE_API_KEY\" $ARIZE_BASE_URL/v2/api-keys --json '{{\"name\":\"ci\"}}'"
    );
    println!("  any Arize SDK: it reads the same variables");
    println!("The API, to read: http://{address}/docs");
}

/// Says where `serve` listens.
pub(crate) fn listening(address: SocketAddr) {
    eprintln!("Listening on http://{address}");
}

/// Says what `init` made.
pub(crate) fn initialised(data_dir: &Path, organization_id: &str, space_id: &str) {
    eprintln!("Made {}: organization {organization_id}, space {space_id}", data_dir.display());
    eprintln!("Start it with `claviger serve --data-dir {}`", data_dir.display());
}

/// Says what `recover` made.
pub(crate) fn recovered(email: &str, until: Timestamp) {
    eprintln!("Made a key for {email}, until {until}: make a lasting one with it");
}

/// The one time that the administrator's key is shown.
pub(crate) fn key(key: &str) {
    println!("{key}");
}

/// The last record of an audit log that is what was written.
pub(crate) fn audit_is_whole(verdict: &AuditVerdict) {
    let (last, link) = verdict.tip;
    println!("{last}:{}", HEXLOWER.encode(&link.0));
    let records = verdict.records;
    eprintln!("The audit log is what was written: {records} record(s).");
}

/// What is wrong with an audit log.
pub(crate) fn audit_is_not_whole(verdict: &AuditVerdict) {
    eprintln!("The audit log is not what was written:");
    for fault in &verdict.faults {
        eprintln!("- {fault}");
    }
    let shown = u64::try_from(verdict.faults.len()).unwrap_or(u64::MAX);
    if verdict.fault_count > shown {
        eprintln!("- and {} more", verdict.fault_count - shown);
    }
}

/// A place to print many lines to.
pub(crate) fn lines() -> impl Write {
    BufWriter::new(std::io::stdout().lock())
}

/// A completion script.
pub(crate) fn completions(shell: clap_complete::Shell, command: &mut clap::Command) {
    clap_complete::generate(shell, command, "claviger", &mut std::io::stdout());
}
