//! `claviger users`.

use std::process::ExitCode;

use arize::Client;
use arize::users::{CreateRequest, ListRequest, UpdateRequest, UserCreated};

use super::{collect, failure, page_size, removal};
use crate::args::Users;
use crate::output::{self, Proven, records};

pub(super) async fn run(command: Users, client: &Client) -> anyhow::Result<ExitCode> {
    let calls = client.users();
    let json = command.common().json;
    match command {
        Users::List(args) => {
            let mut request = ListRequest::new();
            (request.email, request.limit) = (args.email, page_size(&args.window));
            request.statuses = args.status.into_iter().map(Into::into).collect();
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("users", &found, has_more, json)?;
        }
        Users::Get(args) => records::one(&calls.get(&args.which).await?, json)?,
        Users::Invite(args) => {
            let stdout = Proven::prove_for_secret()?;
            let mut request =
                CreateRequest::new(args.name, args.email, args.role).invite_mode(args.mode.into());
            request.is_developer = args.developer;
            let created = calls.create(request).await?;
            if let Err(error) = records::invitation(stdout, &created, json) {
                return Err(take_back(client, &created, error).await);
            }
        }
        Users::Update(args) => {
            let mut request = UpdateRequest::new(args.which);
            (request.name, request.is_developer) = (args.name, args.developer);
            records::one(&calls.update(request).await?, json)?;
        }
        Users::Delete(args) => {
            removal::users(&args.which, &args.confirmation, client).await?;
            return delete(&args.which, client, json).await;
        }
        Users::ResendInvitation(args) => {
            calls.resend_invitation(&args.which).await?;
            output::note(&format!("Invited `{}` again", output::printable(&args.which)));
        }
        Users::ResetPassword(args) => {
            calls.reset_password(&args.which).await?;
            output::note(&format!("Sent mail to `{}`", output::printable(&args.which)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes who was invited with a password that nobody got.
async fn take_back(client: &Client, created: &UserCreated, error: anyhow::Error) -> anyhow::Error {
    if !created.is_new || created.temporary_password.is_none() {
        return error;
    }
    let id = &created.user.id;
    error.context(match client.users().delete(id).await {
        Ok(()) => "the password could not be shown; the invitation was withdrawn".to_owned(),
        Err(error) => format!(
            "the password could not be shown, and taking the invitation back failed ({error}): remove the user with \
             `claviger users delete {id}` and invite again"
        ),
    })
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
