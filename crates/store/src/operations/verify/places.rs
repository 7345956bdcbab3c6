//! The places that keys are verified for, by id or by name.

use std::collections::HashMap;

use claviger_domain::decide::{VerifyPlace, own_place, verify_in, verify_in_account};
use claviger_domain::{
    Access, AccountId, BoundTo, OrganizationId, Refusal, Resource, SpaceOrProject,
};

use super::authenticate::readable_places;
use super::{IdOrName, VerifyScope};
use crate::error::{CallError, Corrupt, StoreError};
use crate::transaction::{Driver, RowResult, Transaction};

/// The organizations, spaces and projects that the scopes name, as far as they are in the account.
#[derive(Default)]
pub(super) struct Places {
    organizations: Vec<OrganizationId>,
    organizations_by_name: HashMap<String, Vec<OrganizationId>>,
    by_id: HashMap<BoundTo, SpaceOrProject>,
    spaces_by_name: HashMap<String, Vec<SpaceOrProject>>,
    projects_by_name: HashMap<String, Vec<SpaceOrProject>>,
    /// What is wrong with a row that cannot be read: a place that is not found may be that one.
    unreadable: Option<Corrupt>,
}

/// Why there is no place to a scope.
#[derive(Clone, Debug)]
pub(super) enum NotFound {
    /// A rule says no.
    Refused(Refusal),
    /// It may be in a row that cannot be read.
    Unreadable(Corrupt),
}

impl From<Refusal> for NotFound {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NotFound> for CallError {
    fn from(reason: NotFound) -> Self {
        match reason {
            NotFound::Refused(refusal) => refusal.into(),
            NotFound::Unreadable(corrupt) => StoreError::from(corrupt).into(),
        }
    }
}

/// The ids and names of one kind of place.
struct Named<'q, Id> {
    ids: Vec<Id>,
    names: Vec<&'q str>,
}

impl<'q, Id: Copy + Ord> Named<'q, Id> {
    fn of(all: impl Iterator<Item = &'q IdOrName<Id>>) -> Self
    where
        Id: 'q,
    {
        let (mut ids, mut names) = (Vec::new(), Vec::new());
        for one in all {
            match one {
                IdOrName::Id(id) => ids.push(*id),
                IdOrName::Name(name) => names.push(name.as_str()),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        names.sort_unstable();
        names.dedup();
        Self { ids, names }
    }
}

impl Places {
    /// Reads what the scopes name: a statement for the ids and one for the names of each kind, where there are any.
    pub(super) async fn read<D: Driver>(
        tx: &mut Transaction<'_, D>,
        account: AccountId,
        scopes: &[&VerifyScope],
    ) -> RowResult<Self> {
        let scopes = || scopes.iter().copied();
        let mut places = Self::default();
        let organizations = Named::of(scopes().filter_map(|scope| match scope {
            VerifyScope::Organization(one) => Some(one),
            _ => None,
        }));
        if !organizations.ids.is_empty() {
            places.organizations = tx.organizations_by_id(account, &organizations.ids).await?;
        }
        if !organizations.names.is_empty() {
            let found = tx.organizations_with_names(account, &organizations.names).await?;
            places.unreadable = places.unreadable.or(found.unreadable);
            for (id, name) in found.items {
                places.organizations_by_name.entry(name).or_default().push(id);
            }
        }
        let spaces = Named::of(scopes().filter_map(|scope| match scope {
            VerifyScope::Space(one) => Some(one),
            _ => None,
        }));
        let projects = Named::of(scopes().filter_map(|scope| match scope {
            VerifyScope::Project(one) => Some(one),
            _ => None,
        }));
        let (by_id, unreadable) = readable_places(tx, account, &spaces.ids, &projects.ids).await?;
        places.by_id = by_id;
        places.unreadable = places.unreadable.or(unreadable);
        places.read_names(tx, account, &spaces.names, &projects.names).await?;
        Ok(places)
    }

    async fn read_names<D: Driver>(
        &mut self,
        tx: &mut Transaction<'_, D>,
        account: AccountId,
        spaces: &[&str],
        projects: &[&str],
    ) -> RowResult<()> {
        if !spaces.is_empty() {
            let found = tx.spaces_with_names(account, spaces).await?;
            self.unreadable = self.unreadable.take().or(found.unreadable);
            for space in found.items {
                let name = space.name.clone();
                let place = SpaceOrProject { space, project: None };
                self.spaces_by_name.entry(name).or_default().push(place);
            }
        }
        if !projects.is_empty() {
            let found = tx.projects_with_names(account, projects).await?;
            self.unreadable = self.unreadable.take().or(found.unreadable);
            for place in found.items {
                let name = place.project.as_ref().map(|project| project.name.clone());
                self.projects_by_name.entry(name.unwrap_or_default()).or_default().push(place);
            }
        }
        Ok(())
    }

    /// The place of a question, if the caller may verify keys there.
    pub(super) fn find(
        &self,
        access: &Access,
        scope: &VerifyScope,
    ) -> Result<VerifyPlace, NotFound> {
        Ok(match self.named(scope)? {
            None => verify_in_account(access)?,
            Some((found, kind)) => verify_in(access, found, kind)?,
        })
    }

    /// The place in which a caller asks what they may do themselves.
    pub(super) fn own(
        &self,
        access: &Access,
        scope: &VerifyScope,
    ) -> Result<VerifyPlace, NotFound> {
        Ok(match self.named(scope)? {
            None => VerifyPlace::Account,
            Some((found, kind)) => own_place(access, found, kind)?,
        })
    }

    /// What a scope names, and what kind of place it is; nothing for the account.
    fn named(&self, scope: &VerifyScope) -> Result<Option<(Vec<VerifyPlace>, Resource)>, NotFound> {
        let (found, kind) = match scope {
            VerifyScope::Account => return Ok(None),
            VerifyScope::Organization(one) => (self.organizations(one), Resource::Organization),
            VerifyScope::Space(IdOrName::Id(id)) => {
                (self.by_id(BoundTo::Space(*id)), Resource::Space)
            }
            VerifyScope::Space(IdOrName::Name(name)) => {
                (named(&self.spaces_by_name, name), Resource::Space)
            }
            VerifyScope::Project(IdOrName::Id(id)) => {
                (self.by_id(BoundTo::Project(*id)), Resource::Project)
            }
            VerifyScope::Project(IdOrName::Name(name)) => {
                (named(&self.projects_by_name, name), Resource::Project)
            }
        };
        if let (true, Some(corrupt)) = (found.is_empty(), &self.unreadable) {
            return Err(NotFound::Unreadable(corrupt.clone()));
        }
        Ok(Some((found, kind)))
    }

    fn organizations(&self, one: &IdOrName<OrganizationId>) -> Vec<VerifyPlace> {
        let found: Vec<_> = match one {
            IdOrName::Id(id) => self.organizations.iter().filter(|it| *it == id).collect(),
            IdOrName::Name(name) => {
                self.organizations_by_name.get(name).into_iter().flatten().collect()
            }
        };
        found.into_iter().map(|id| VerifyPlace::Organization(*id)).collect()
    }

    fn by_id(&self, id: BoundTo) -> Vec<VerifyPlace> {
        self.by_id.get(&id).cloned().map(VerifyPlace::SpaceOrProject).into_iter().collect()
    }
}

fn named(places: &HashMap<String, Vec<SpaceOrProject>>, name: &str) -> Vec<VerifyPlace> {
    let found = places.get(name).into_iter().flatten().cloned();
    found.map(VerifyPlace::SpaceOrProject).collect()
}
