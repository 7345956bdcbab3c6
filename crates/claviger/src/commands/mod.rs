//! The commands.

mod audit;
mod clock;
mod dev;
mod http;
mod identity;
mod init;
mod keys;
mod listen;
mod policy;
mod recover;
mod serve;

use std::process::ExitCode;

use clap::CommandFactory as _;

use self::identity::Command as Identity;
use crate::args::{Args, Command};
use crate::output;

/// Carries out a command. The exit code says what came of one that only looks.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Dev(args) => runtime()?.block_on(dev::run(args))?,
        Command::Init(args) => runtime()?.block_on(init::run(args))?,
        Command::Serve(args) => runtime()?.block_on(serve::run(args))?,
        Command::Recover(args) => runtime()?.block_on(recover::run(args))?,
        Command::Audit(args) => return audit::run(args),
        Command::Clock(args) => runtime()?.block_on(clock::run(args))?,
        Command::Policy(args) => runtime()?.block_on(policy::run(args))?,
        Command::Keys(args) => return keys::run(*args),
        Command::Organizations(args) => return identity::run(Identity::Organizations(*args)),
        Command::Spaces(args) => return identity::run(Identity::Spaces(*args)),
        Command::Users(args) => return identity::run(Identity::Users(*args)),
        Command::Roles(args) => return identity::run(Identity::Roles(*args)),
        Command::Bindings(args) => return identity::run(Identity::Bindings(*args)),
        Command::Restrictions(args) => return identity::run(Identity::Restrictions(*args)),
        Command::Completions { shell } => output::completions(shell, &mut Args::command())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
