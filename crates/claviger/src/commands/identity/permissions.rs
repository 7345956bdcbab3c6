//! `claviger roles`, `bindings`, `restrictions`.

use arize::role_bindings::ResourceType;
use arize::{Client, resource_restrictions, role_bindings, roles};

use super::{collect, description, page_size, removal};
use crate::args::{Bindings, Restrictions, Roles};
use crate::output::{self, records};

pub(super) async fn roles(command: Roles, client: &Client) -> anyhow::Result<()> {
    let calls = client.roles();
    let json = command.common().json;
    match command {
        Roles::List(args) => {
            let mut request = roles::ListRequest::new();
            (request.is_predefined, request.limit) = (args.predefined, page_size(&args.window));
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("roles", &found, has_more, json)
        }
        Roles::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Roles::Create(args) => {
            let mut request = roles::CreateRequest::new(args.name, args.permission);
            request.description = args.description;
            records::one(&calls.create(request).await?, json)
        }
        Roles::Update(args) => {
            let mut request =
                roles::UpdateRequest::new(args.which).description(description(args.description));
            request.name = args.name;
            request.permissions = Some(args.permission).filter(|all| !all.is_empty());
            records::one(&calls.update(request).await?, json)
        }
        Roles::Delete(args) => {
            removal::role(&args.which, &args.confirmation, client).await?;
            calls.delete(&args.which).await?;
            output::note(&format!("Deleted `{}`", output::printable(&args.which)));
            Ok(())
        }
    }
}

pub(super) async fn bindings(command: Bindings, client: &Client) -> anyhow::Result<()> {
    let calls = client.role_bindings();
    let json = command.common().json;
    match command {
        Bindings::List(args) => {
            let mut request = role_bindings::ListRequest::new(args.resource_type.into());
            (request.user, request.limit) = (args.user, page_size(&args.window));
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("role_bindings", &found, has_more, json)
        }
        Bindings::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Bindings::Create(args) => {
            let (resource_type, resource) = match (args.space, args.project) {
                (Some(space), _) => (ResourceType::Space, space),
                (None, project) => (ResourceType::Project, project.unwrap_or_default()),
            };
            let request =
                role_bindings::CreateRequest::new(args.role, args.user, resource_type, resource);
            records::one(&calls.create(request).await?, json)
        }
        Bindings::Update(args) => records::one(&calls.update(&args.which, &args.role).await?, json),
        Bindings::Delete(args) => {
            let question = format!("Remove the role binding `{}`?", args.which);
            removal::reversible(&args.confirmation, &question)?;
            calls.delete(&args.which).await?;
            output::note(&format!("Removed `{}`", output::printable(&args.which)));
            Ok(())
        }
    }
}

pub(super) async fn restrictions(command: Restrictions, client: &Client) -> anyhow::Result<()> {
    let calls = client.resource_restrictions();
    let json = command.common().json;
    match command {
        Restrictions::List(args) => {
            let mut request = resource_restrictions::ListRequest::new();
            request.limit = page_size(&args.window);
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("resource_restrictions", &found, has_more, json)
        }
        Restrictions::Restrict(args) => records::one(&calls.restrict(&args.which).await?, json),
        Restrictions::Unrestrict(args) => {
            let question = format!("Lift the restriction of `{}`?", args.which);
            removal::reversible(&args.confirmation, &question)?;
            calls.unrestrict(&args.which).await?;
            output::note(&format!("Opened `{}`", output::printable(&args.which)));
            Ok(())
        }
    }
}
