//! `claviger keys create` and `create-service`.

use arize::api_keys::{CreateRequest, CreateServiceKeyRequest, OrganizationBinding, SpaceBinding};
use arize::{Client, RoleAssignment};

use super::super::http::failure::{self, Misuse};
use super::destination::Destination;
use crate::args::{Binding, Create, CreateService};
use crate::output::keys;

const NOT_DONE: &str = "no key was created";
const IN_DOUBT: &str = "it is unknown whether a key was created: check with `claviger keys list`, and revoke a key whose secret nobody has";

pub(super) async fn run(args: Create, client: &Client) -> anyhow::Result<()> {
    let destination = Destination::of_new_key(&args.new_file, args.json)?;
    let mut request = CreateRequest::new(args.description.name);
    request.description = args.description.description;
    request.expires_at = super::expires_at(args.expiry.expires_in, args.expiry.expires_at)?;
    let created = client.api_keys().create(request).await;
    let created = created.map_err(|error| failure::outcome(error, NOT_DONE, IN_DOUBT))?;
    let kept = destination.keep_or_revoke(client, &created).await?;
    keys::created(&created.api_key, kept.as_deref());
    Ok(())
}

pub(super) async fn run_service(args: CreateService, client: &Client) -> anyhow::Result<()> {
    let destination = Destination::of_new_key(&args.new_file, args.json)?;
    let name = args.description.name;
    let mut request = match args.space {
        Some(space) => CreateServiceKeyRequest::in_space(name, space),
        None => CreateServiceKeyRequest::in_organizations(name, organizations(args.bind)?),
    };
    request.description = args.description.description;
    request.expires_at = super::expires_at(args.expiry.expires_in, args.expiry.expires_at)?;
    request.account_role = args.account_role.map(Into::into);
    request.space_role = args.space_role;
    request.organization_role = args.organization_role.map(Into::into);
    let created = client.api_keys().create_service_key(request).await;
    let created = created.map_err(|error| failure::outcome(error, NOT_DONE, IN_DOUBT))?;
    let kept = destination.keep_or_revoke(client, &created).await?;
    keys::created(&created.api_key, kept.as_deref());
    Ok(())
}

/// Brings the spaces of each organization together.
fn organizations(bindings: Vec<Binding>) -> anyhow::Result<Vec<OrganizationBinding>> {
    let mut organizations: Vec<OrganizationBinding> = Vec::new();
    for binding in bindings {
        let Binding { organization, organization_role, space, space_role } = binding;
        let organization_role = organization_role.map(RoleAssignment::from);
        let mut space = SpaceBinding::new(space);
        space.role = space_role;
        match organizations.iter_mut().find(|known| known.organization == organization) {
            None => {
                let mut binding = OrganizationBinding::new(organization, [space]);
                binding.role = organization_role;
                organizations.push(binding);
            }
            Some(known) => {
                if known.role.is_some()
                    && organization_role.is_some()
                    && known.role != organization_role
                {
                    let message = format!(
                        "`--bind`: there can be one role in the organization `{organization}`"
                    );
                    return Err(Misuse(message).into());
                }
                known.role = known.role.take().or(organization_role);
                known.spaces.push(space);
            }
        }
    }
    Ok(organizations)
}
