//! `claviger`: the server and its commands.
//!
//! [`args`] holds the shapes, `commands` the deeds, [`output`] everything that is printed.

mod args;
mod commands;
mod data_dir;
mod database;
mod env_file;
mod environment;
mod github;
mod hardening;
mod key_place;
mod key_text;
mod memory_limit;
mod output;
mod profile;
mod prompt;
mod secret_file;
mod smtp;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse(&error),
    };
    match commands::run(args.command) {
        Ok(code) => code,
        Err(error) => output::closed(&error).unwrap_or_else(|| {
            output::error(&error);
            ExitCode::FAILURE
        }),
    }
}

/// Says what is wrong with the arguments, or what was asked about them: as a document, where documents were asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    const USAGE: u8 = 2;
    let is_asked = std::env::args_os().any(|argument| argument == "--json");
    if !is_asked || !error.use_stderr() {
        return output::usage(error);
    }
    let text = error.to_string();
    let message = text.split("\n\n").next().unwrap_or("").trim_start_matches("error: ");
    output::failure::document(&output::failure::Failure {
        messages: vec![message.to_owned()],
        exit_code: USAGE,
        status: None,
        hint: None,
    });
    ExitCode::from(USAGE)
}
