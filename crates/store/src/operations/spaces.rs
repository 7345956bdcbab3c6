//! Spaces.

use claviger_domain::decide::{self, Requirement};
use claviger_domain::{
    Access, Action, Change, Description, Name, OrganizationId, Permission, Refusal, Resource,
    Space, SpaceId, Target,
};
use serde_json::{Value, json};

use super::audit_logs::{Actor, note_revoked};
use super::authenticate::caller_and_access;
use super::creator_ceiling::Affected;
use super::page::Filling;
use super::{After, Page, cascade, creator_ceiling, page};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

/// Which spaces to list.
#[derive(Clone, Debug)]
pub struct ListSpaces {
    /// Of which organization.
    pub organization: Option<OrganizationId>,
    /// Whose name contains this, in whatever case.
    pub name: Option<String>,
    /// Those after this one.
    pub after: Option<After<SpaceId>>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListSpaces {
    type Output = Page<Space>;
    const NAME: &'static str = "list_spaces";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<Space>> {
        let mut query = self;

        let (caller, access) = caller_and_access(tx).await?;
        if let Some(organization) = query.organization {
            let found = tx.organization(caller.account.id, organization).await?;
            found
                .filter(|found| access.sees_organization(found.id))
                .ok_or(Refusal::NotFound(Resource::Organization))?;
        }
        let wanted = query.limit;
        let after = page::place(&caller, query.after)?;
        let reach = access.reach(Permission::SpaceRead);
        query.limit += 1;
        let mut list = Filling::new(wanted, after, SpaceId::new);
        while list.goes_on {
            let chunk = tx.spaces(caller.account.id, &query, list.after, &reach).await?;
            list.add(chunk, |space| access.sees_space(space));
        }
        Ok(page::cut(&caller, list.shown, wanted))
    }
}

/// Reads a space.
#[derive(Clone, Copy, Debug)]
pub struct GetSpace {
    /// Which.
    pub id: SpaceId,
}

impl Operation for GetSpace {
    type Output = Space;
    const NAME: &'static str = "space";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Space> {
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.space(caller.account.id, id).await?;
        let seen = found.filter(|space| access.sees_space(space));
        Ok(seen.ok_or(Refusal::NotFound(Resource::Space))?)
    }
}

/// A space to make.
#[derive(Clone, Debug)]
pub struct CreateSpace {
    /// The organization to make it in.
    pub organization: OrganizationId,
    /// Its name, unique in the organization.
    pub name: Name,
    /// What to note about it.
    pub description: Option<Description>,
    /// Whether organization roles below administrator are to stop at it.
    pub is_private: bool,
}

impl Operation for CreateSpace {
    type Output = Space;
    const NAME: &'static str = "create_space";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Organization(self.organization))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Space> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.organization(caller.account.id, self.organization).await?;
        let requirement = Requirement::Permission(Permission::SpaceCreate);
        let organization = decide::in_organization(&access, found, requirement)?;
        let draft = Space {
            id: SpaceId::UNASSIGNED,
            account: organization.account,
            organization: organization.id,
            name: self.name.into(),
            description: self.description.map(String::from).unwrap_or_default(),
            is_private: self.is_private,
            created_at: now.at,
        };
        name_is_free(tx, &access, &draft).await?;
        let id = tx.insert_space(&draft).await?;
        let space = Space { id, ..draft };
        let details =
            json!({ "organization": space.organization.number(), "after": audit_snapshot(&space) });
        tx.audit(&caller, Action::SpaceCreate, Target::Space(id), details).await?;
        Ok(space)
    }
}

/// What to change of a space.
#[derive(Clone, Debug)]
pub struct UpdateSpace {
    /// Which.
    pub id: SpaceId,
    /// Its new name.
    pub name: Option<Name>,
    /// Its new description.
    pub description: Change<Description>,
    /// Whether it is to be private.
    pub is_private: Option<bool>,
}

impl Operation for UpdateSpace {
    type Output = Space;
    const NAME: &'static str = "update_space";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Space(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Space> {
        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.space(caller.account.id, self.id).await?;
        let before = decide::change_space(&access, found, self.is_private)?;
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name.into();
        }
        match self.description {
            Change::Keep => {}
            Change::Clear => after.description.clear(),
            Change::Set(description) => after.description = description.into(),
        }
        if let Some(is_private) = self.is_private {
            after.is_private = is_private;
        }
        if after == before {
            return Ok(after);
        }
        if after.name != before.name {
            name_is_free(tx, &access, &after).await?;
        }
        tx.update_space(&after).await?;
        let takes_away = after.is_private && !before.is_private;
        if takes_away {
            let affected = Affected::Space(after.id);
            creator_ceiling::revoke_exceeding(tx, &caller, Action::SpaceUpdate, affected).await?;
        }
        let details = json!({ "before": audit_snapshot(&before), "after": audit_snapshot(&after) });
        let actor = Actor::taking_away(&caller, takes_away);
        tx.audit(actor, Action::SpaceUpdate, Target::Space(after.id), details).await?;
        Ok(after)
    }
}

/// Deletes a space with its memberships, and revokes the service keys that are left without a space.
#[derive(Clone, Copy, Debug)]
pub struct DeleteSpace {
    /// Which.
    pub id: SpaceId,
}

impl Operation for DeleteSpace {
    type Output = ();
    const NAME: &'static str = "delete_space";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::Space(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.space(caller.account.id, id).await?;
        let space =
            decide::in_space(&access, found, Requirement::Permission(Permission::SpaceDelete))?;
        let removed = cascade::remove_space(tx, space.account, id, now.at).await?;
        let mut details = json!({ "before": audit_snapshot(&space) });
        note_revoked(&mut details, "revoked_service_keys", &removed.service_keys);
        tx.audit(&caller, Action::SpaceDelete, Target::Space(id), details).await?;
        Ok(())
    }
}

async fn name_is_free<D: Driver>(
    tx: &mut Transaction<'_, D>,
    access: &Access,
    space: &Space,
) -> CallResult<()> {
    let others = tx.spaces_named(space.account, space.organization, &space.name).await?;
    Ok(decide::space_name_is_free(access, &others)?)
}

/// What people said about a space, for the audit.
fn audit_snapshot(space: &Space) -> Value {
    json!({ "name": space.name, "description": space.description, "is_private": space.is_private })
}
