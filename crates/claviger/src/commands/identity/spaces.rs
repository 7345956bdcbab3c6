//! `claviger spaces`.

use arize::Client;
use arize::spaces::{CreateRequest, ListRequest, UpdateRequest};

use super::{collect, description, page_size, removal};
use crate::args::Spaces;
use crate::output::{self, records};

pub(super) async fn run(command: Spaces, client: &Client) -> anyhow::Result<()> {
    let calls = client.spaces();
    let json = command.common().json;
    match command {
        Spaces::List(args) => {
            let mut request = ListRequest::new();
            (request.organization, request.name) = (args.organization, args.name);
            request.limit = page_size(&args.window);
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("spaces", &found, has_more, json)
        }
        Spaces::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Spaces::Create(args) => {
            let mut request = CreateRequest::new(args.name, args.organization);
            request.description = args.description;
            request.is_private = args.private.then_some(true);
            records::one(&calls.create(request).await?, json)
        }
        Spaces::Update(args) => {
            let mut request =
                UpdateRequest::new(args.which).description(description(args.description));
            (request.name, request.is_private) = (args.name, args.private);
            records::one(&calls.update(request).await?, json)
        }
        Spaces::Delete(args) => {
            removal::space(&args.which, &args.confirmation, client).await?;
            calls.delete(&args.which).await?;
            output::note(&format!("Deleted `{}`", output::printable(&args.which)));
            Ok(())
        }
        Spaces::AddUser(args) => {
            records::one(&calls.add_user(&args.space, &args.user, args.role).await?, json)
        }
        Spaces::RemoveUser(args) => {
            let question = format!("Remove `{}` from `{}`?", args.user, args.space);
            removal::reversible(&args.confirmation, &question)?;
            calls.remove_user(&args.space, &args.user).await?;
            output::note(&format!("Removed `{}`", output::printable(&args.user)));
            Ok(())
        }
    }
}
