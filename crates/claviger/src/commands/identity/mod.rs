//! `claviger organizations`, `spaces`, `projects`, `users`, `roles`, `bindings`, `restrictions`, `audit list`: over HTTP, on any server of the API.

mod audit;
mod organizations;
mod permissions;
mod projects;
mod removal;
mod spaces;
mod users;

use std::process::ExitCode;

use arize::{Change, Client, Pager};

use super::http::connection::{self, EnvFileUse};
use super::http::{failure, interruptible};
use crate::args::{
    AuditList, Bindings, Common, Organizations, Projects, Restrictions, Roles, Spaces, Users,
    Window,
};

/// A command of one of these groups.
pub(crate) enum Command {
    Organizations(Organizations),
    Spaces(Spaces),
    Projects(Projects),
    Users(Users),
    Roles(Roles),
    Bindings(Bindings),
    Restrictions(Restrictions),
    AuditList(AuditList),
}

impl Command {
    fn common(&self) -> &Common {
        match self {
            Self::Organizations(command) => command.common(),
            Self::Spaces(command) => command.common(),
            Self::Projects(command) => command.common(),
            Self::Users(command) => command.common(),
            Self::Roles(command) => command.common(),
            Self::Bindings(command) => command.common(),
            Self::Restrictions(command) => command.common(),
            Self::AuditList(args) => &args.common,
        }
    }
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let json = command.common().json;
    let client = match connection::connect(&command.common().connection, EnvFileUse::Caller) {
        Ok(client) => client,
        Err(error) => return Ok(failure::report(&error, None, json)),
    };
    interruptible::run(async {
        let outcome = carry_out(command, &client).await;
        outcome.unwrap_or_else(|error| failure::report(&error, Some(&client), json))
    })
}

async fn carry_out(command: Command, client: &Client) -> anyhow::Result<ExitCode> {
    match command {
        Command::Organizations(command) => organizations::run(command, client).await?,
        Command::Spaces(command) => spaces::run(command, client).await?,
        Command::Projects(command) => projects::run(command, client).await?,
        Command::Users(command) => return users::run(command, client).await,
        Command::Roles(command) => permissions::roles(command, client).await?,
        Command::Bindings(command) => permissions::bindings(command, client).await?,
        Command::Restrictions(command) => permissions::restrictions(command, client).await?,
        Command::AuditList(args) => audit::run(args, client).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The largest page that servers give.
const LARGEST_PAGE: u32 = 100;

/// What becomes of a description. An empty one clears it.
fn description(text: Option<String>) -> Change<String> {
    match text {
        None => Change::Keep,
        Some(text) if text.is_empty() => Change::Clear,
        Some(text) => Change::To(text),
    }
}

/// How many to ask for at once: one more than wanted tells whether there are more.
fn page_size(window: &Window) -> Option<u16> {
    let page =
        if window.all { LARGEST_PAGE } else { window.limit.saturating_add(1).min(LARGEST_PAGE) };
    u16::try_from(page).ok()
}

/// As much of a list as is wanted, and whether there is more.
async fn collect<T>(window: &Window, mut pager: Pager<T>) -> arize::Result<(Vec<T>, bool)> {
    let most =
        if window.all { usize::MAX } else { usize::try_from(window.limit).unwrap_or(usize::MAX) };
    let mut found = Vec::new();
    while let Some(item) = pager.try_next().await? {
        if found.len() == most {
            return Ok((found, true));
        }
        found.push(item);
    }
    Ok((found, false))
}
