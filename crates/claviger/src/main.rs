//! `claviger`: the server and its commands.
//!
//! [`args`] holds the shapes, `commands` the deeds, [`output`] everything that is printed.

mod args;
mod commands;
mod data_dir;
mod env_file;
mod github;
mod key_text;
mod output;
mod secret_file;
mod smtp;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;

fn main() -> ExitCode {
    let args = Args::parse();
    match commands::run(args.command) {
        Ok(code) => code,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}
