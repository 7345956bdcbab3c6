//! `claviger users`.

use std::process::ExitCode;

use arize::Client;
use arize::users::{CreateRequest, ListRequest, UpdateRequest};

use super::{collect, failure, page_size};
use crate::args::Users;
use crate::output::{self, records};

pub(super) async fn run(command: Users, client: &Client) -> anyhow::Result<ExitCode> {
    let calls = client.users();
    let json = command.common().json;
    match command {
        Users::List(args) => {
            let request = ListRequest {
                email: args.email,
                statuses: args.status.into_iter().map(Into::into).collect(),
                limit: page_size(&args.window),
                cursor: None,
            };
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("users", &found, has_more, json)?;
        }
        Users::Get(args) => records::one(&calls.get(&args.which).await?, json)?,
        Users::Invite(args) => {
            let request = CreateRequest {
                name: args.name,
                email: args.email,
                role: args.role.into(),
                invite_mode: args.mode.into(),
                is_developer: args.developer,
            };
            records::invitation(&calls.create(request).await?, json)?;
        }
        Users::Update(args) => {
            let request =
                UpdateRequest { user: args.which, name: args.name, is_developer: args.developer };
            records::one(&calls.update(request).await?, json)?;
        }
        Users::Delete(args) => return delete(&args.which, client, json).await,
        Users::ResendInvitation(args) => {
            calls.resend_invitation(&args.which).await?;
            output::note(&format!("Invited `{}` again", output::printable(&args.which)));
        }
        Users::ResetPassword(args) => {
            calls.reset_password(&args.which).await?;
            output::note(&format!("A link is on its way to `{}`", output::printable(&args.which)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes one after the other. What one of them cannot stops no other; the first failure gives the exit code.
async fn delete(which: &[String], client: &Client, json: bool) -> anyhow::Result<ExitCode> {
    let mut worst = ExitCode::SUCCESS;
    let mut failed = false;
    for user in which {
        match client.users().delete(user).await {
            Ok(()) => output::note(&format!("Removed `{}`", output::printable(user))),
            Err(error) => {
                let error = anyhow::Error::from(error)
                    .context(format!("`{}` was not removed", output::printable(user)));
                let code = failure::report(&error, Some(client), json);
                if !failed {
                    (failed, worst) = (true, code);
                }
            }
        }
    }
    Ok(worst)
}
