//! `claviger organizations`.

use arize::Client;
use arize::organizations::{CreateRequest, ListRequest, UpdateRequest};

use super::{collect, page_size, removal};
use crate::args::{Change, Organizations};
use crate::output::{self, records};

pub(super) async fn run(command: Organizations, client: &Client) -> anyhow::Result<()> {
    let calls = client.organizations();
    let json = command.common().json;
    match command {
        Organizations::List(args) => {
            let mut request = ListRequest::new();
            (request.name, request.limit) = (args.name, page_size(&args.window));
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("organizations", &found, has_more, json)
        }
        Organizations::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Organizations::Create(args) => {
            let mut request = CreateRequest::new(args.name);
            request.description = args.description;
            records::one(&calls.create(request).await?, json)
        }
        Organizations::Update(args) => {
            let Change { name, description } = args.change;
            let mut request =
                UpdateRequest::new(args.which).description(super::description(description));
            request.name = name;
            records::one(&calls.update(request).await?, json)
        }
        Organizations::Delete(args) => {
            removal::organization(&args.which, &args.confirmation, client).await?;
            calls.delete(&args.which).await?;
            output::note(&format!("Deleted `{}`", output::printable(&args.which)));
            Ok(())
        }
        Organizations::AddUser(args) => {
            records::one(&calls.add_user(&args.organization, &args.user, args.role).await?, json)
        }
        Organizations::RemoveUser(args) => {
            let (user, organization) = (&args.user, &args.organization);
            let question = format!("Remove `{user}` from `{organization}` and all its spaces?");
            removal::reversible(&args.confirmation, &question)?;
            calls.remove_user(&args.organization, &args.user).await?;
            output::note(&format!("Removed `{}`", output::printable(&args.user)));
            Ok(())
        }
    }
}
