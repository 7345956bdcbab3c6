//! `claviger projects`.

use arize::Client;
use arize::projects::{CreateRequest, ListRequest, UpdateRequest};

use super::{collect, page_size, removal};
use crate::args::Projects;
use crate::output::{self, records};

pub(super) async fn run(command: Projects, client: &Client) -> anyhow::Result<()> {
    let calls = client.projects();
    let json = command.common().json;
    match command {
        Projects::List(args) => {
            let mut request = ListRequest::new();
            (request.space, request.name) = (args.space, args.name);
            request.limit = page_size(&args.window);
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("projects", &found, has_more, json)
        }
        Projects::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Projects::Create(args) => {
            let request = CreateRequest::new(args.name, args.space);
            records::one(&calls.create(request).await?, json)
        }
        Projects::Update(args) => {
            let request = UpdateRequest::new(args.which, args.name);
            records::one(&calls.update(request).await?, json)
        }
        Projects::Delete(args) => {
            removal::project(&args.which, &args.confirmation, client).await?;
            calls.delete(&args.which).await?;
            output::note(&format!("Deleted `{}`", output::printable(&args.which)));
            Ok(())
        }
    }
}
