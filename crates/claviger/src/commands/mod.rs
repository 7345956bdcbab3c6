//! The commands.

mod audit;
mod clock;
mod dev;
mod http;
mod identity;
mod init;
mod keys;
mod listen;
mod login;
mod policy;
mod recover;
mod serve;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;

use self::identity::Command as Identity;
use crate::args::{Args, Command, Keys, Permissions};
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
        Command::Projects(args) => return identity::run(Identity::Projects(*args)),
        Command::Users(args) => return identity::run(Identity::Users(*args)),
        Command::Roles(args) => return identity::run(Identity::Roles(*args)),
        Command::Bindings(args) => return identity::run(Identity::Bindings(*args)),
        Command::Restrictions(args) => return identity::run(Identity::Restrictions(*args)),
        Command::Permissions(Permissions::List { json }) => output::permissions(json)?,
        Command::Login(args) => return login::run(&args),
        Command::Logout(args) => return login::log_out(&args),
        Command::Whoami(args) => return keys::run(Keys::Whoami(args)),
        Command::ManPages { directory } => man_pages(&directory)?,
        Command::Completions { shell } => output::completions(shell, &mut Args::command())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a man page of each command.
fn man_pages(directory: &Path) -> anyhow::Result<()> {
    let cannot = || format!("the man pages cannot be written to {}", directory.display());
    std::fs::create_dir_all(directory).with_context(cannot)?;
    clap_mangen::generate_to(Args::command(), directory).with_context(cannot)
}

/// After how many tasks the runtime looks at the sockets; by itself it does after 61.
const EVENT_INTERVAL: u32 = 8;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    // Sockets are looked at often, so that what has just arrived does not wait behind all that came before.
    tokio::runtime::Builder::new_multi_thread().event_interval(EVENT_INTERVAL).enable_all().build()
}
