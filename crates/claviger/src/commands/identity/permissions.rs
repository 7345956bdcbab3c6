//! `claviger roles`, `bindings`, `restrictions`, `audit list`.

use arize::role_bindings::ResourceType;
use arize::{Client, audit_logs, resource_restrictions, role_bindings, roles};

use super::{collect, page_size};
use crate::args::{AuditList, Bindings, Restrictions, Roles};
use crate::output::{self, records};

pub(super) async fn roles(command: Roles, client: &Client) -> anyhow::Result<()> {
    let calls = client.roles();
    let json = command.common().json;
    match command {
        Roles::List(args) => {
            let request = roles::ListRequest {
                is_predefined: args.predefined,
                limit: page_size(&args.window),
                cursor: None,
            };
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("roles", &found, has_more, json)
        }
        Roles::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Roles::Create(args) => {
            let request = roles::CreateRequest {
                name: args.name,
                permissions: args.permission,
                description: args.description,
            };
            records::one(&calls.create(request).await?, json)
        }
        Roles::Update(args) => {
            let request = roles::UpdateRequest {
                role: args.which,
                name: args.name,
                description: args
                    .description
                    .map(|text| Some(text).filter(|text| !text.is_empty())),
                permissions: Some(args.permission).filter(|permissions| !permissions.is_empty()),
            };
            records::one(&calls.update(request).await?, json)
        }
        Roles::Delete(args) => {
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
            let request = role_bindings::ListRequest {
                resource_type: Some(args.resource_type.into()),
                user: args.user,
                limit: page_size(&args.window),
                cursor: None,
            };
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("role_bindings", &found, has_more, json)
        }
        Bindings::Get(args) => records::one(&calls.get(&args.which).await?, json),
        Bindings::Create(args) => {
            let (resource_type, resource) = match (args.space, args.project) {
                (Some(space), _) => (ResourceType::Space, space),
                (None, project) => (ResourceType::Project, project.unwrap_or_default()),
            };
            let request = role_bindings::CreateRequest {
                role: args.role,
                user: args.user,
                resource_type,
                resource,
            };
            records::one(&calls.create(request).await?, json)
        }
        Bindings::Update(args) => records::one(&calls.update(&args.which, &args.role).await?, json),
        Bindings::Delete(args) => {
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
            let limit = page_size(&args.window);
            let request = resource_restrictions::ListRequest { limit, ..Default::default() };
            let (found, has_more) = collect(&args.window, calls.list_all(request)).await?;
            records::list("resource_restrictions", &found, has_more, json)
        }
        Restrictions::Restrict(args) => records::one(&calls.restrict(&args.which).await?, json),
        Restrictions::Unrestrict(args) => {
            calls.unrestrict(&args.which).await?;
            output::note(&format!("Opened `{}`", output::printable(&args.which)));
            Ok(())
        }
    }
}

pub(super) async fn audit(args: AuditList, client: &Client) -> anyhow::Result<()> {
    let request = audit_logs::ListRequest {
        start_time: args.start,
        end_time: args.end,
        user: args.user,
        operation_names: args.operation,
        limit: page_size(&args.window),
        ..audit_logs::ListRequest::default()
    };
    let (found, has_more) = collect(&args.window, client.audit_logs().list_all(request)).await?;
    records::list("logs", &found, has_more, args.common.json)
}
