//! From names to ids (docs/client.md#names). Names are compared exactly, addresses in either case; the server's filter only
//! narrows.
//!
//! Every page is looked at: a name that several things have is an error that lists their ids, not a guess. Nothing is remembered: the
//! next call may mean another thing by the same name.

use std::future::Future;

use crate::client::Client;
use crate::error::{Error, Repr, Result};
use crate::id::{is_id, require_id};
use crate::page::{LARGEST_LIMIT, Page, Walk};
use crate::{organizations, projects, roles, spaces, users};

/// How many names an error suggests.
const SUGGESTIONS: usize = 10;

/// The id of a space, in whichever organization it is.
pub(crate) async fn space_id(client: &Client, name_or_id: &str) -> Result<String> {
    space_id_in(client, None, name_or_id).await
}

/// The id of a space, looked for within an organization if there is one.
pub(crate) async fn space_id_in(
    client: &Client,
    organization_id: Option<&str>,
    name_or_id: &str,
) -> Result<String> {
    let mut all = spaces::ListRequest::new().name(name_or_id).limit(LARGEST_LIMIT);
    all.organization = organization_id.map(str::to_owned);
    let pages = |cursor| {
        let request = spaces::ListRequest { cursor, ..all.clone() };
        async move { client.spaces().page(&request).await }
    };
    find("space", "spaces.list", name_or_id, pages, |space| {
        (space.name == name_or_id, space.id, space.name)
    })
    .await
}

/// The id of an organization.
pub(crate) async fn organization_id(client: &Client, name_or_id: &str) -> Result<String> {
    let all = organizations::ListRequest::new().name(name_or_id).limit(LARGEST_LIMIT);
    let pages = |cursor| {
        let request = organizations::ListRequest { cursor, ..all.clone() };
        async move { client.organizations().page(&request).await }
    };
    find("organization", "organizations.list", name_or_id, pages, |organization| {
        (organization.name == name_or_id, organization.id, organization.name)
    })
    .await
}

/// The id of a project, in whichever space it is.
pub(crate) async fn project_id(client: &Client, name_or_id: &str) -> Result<String> {
    let all = projects::ListRequest::new().name(name_or_id).limit(LARGEST_LIMIT);
    let pages = |cursor| {
        let request = projects::ListRequest { cursor, ..all.clone() };
        async move { client.projects().page(&request).await }
    };
    find("project", "projects.list", name_or_id, pages, |project| {
        (project.name == name_or_id, project.id, project.name)
    })
    .await
}

/// The id of a user: an id, or an e-mail address.
pub(crate) async fn user_id(client: &Client, email_or_id: &str) -> Result<String> {
    let all = users::ListRequest::new().email(email_or_id).limit(LARGEST_LIMIT);
    let pages = |cursor| {
        let request = users::ListRequest { cursor, ..all.clone() };
        async move { client.users().page(&request).await }
    };
    find("user", "users.list", email_or_id, pages, |user| {
        let is_it = user.email.to_lowercase() == email_or_id.to_lowercase();
        // No error lists other people's addresses.
        (is_it, user.id, String::new())
    })
    .await
}

/// The id of a role. The server has no filter for names, so all roles are looked at.
pub(crate) async fn role_id(client: &Client, name_or_id: &str) -> Result<String> {
    let all = roles::ListRequest::new().limit(LARGEST_LIMIT);
    let pages = |cursor| {
        let request = roles::ListRequest { cursor, ..all.clone() };
        async move { client.roles().page(&request).await }
    };
    find("role", "roles.list", name_or_id, pages, |role| {
        (role.name == name_or_id, role.id, role.name)
    })
    .await
}

/// Looks through all pages for the one thing of a name, unless that is an id. `describe` tells whether a thing is it, its id, and the
/// name to suggest.
async fn find<T, F: Future<Output = Result<Page<T>>>>(
    resource: &'static str,
    operation: &'static str,
    name_or_id: &str,
    pages: impl Fn(Option<String>) -> F,
    describe: impl Fn(T) -> (bool, String, String),
) -> Result<String> {
    if is_id(name_or_id) {
        return Ok(name_or_id.to_owned());
    }
    let mut found = Found::new(resource, name_or_id)?;
    let mut walk = Walk::new(operation);
    let mut cursor = None;
    loop {
        let page = pages(cursor).await?;
        let is_empty = page.items.is_empty();
        for item in page.items {
            let (is_it, id, name) = describe(item);
            found.consider(is_it, id, name);
        }
        cursor = walk.following(is_empty, page.pagination)?;
        if cursor.is_none() {
            return found.only();
        }
    }
}

/// What a search came upon.
struct Found<'a> {
    resource: &'static str,
    name: &'a str,
    ids: Vec<String>,
    others: Vec<String>,
}

impl<'a> Found<'a> {
    fn new(resource: &'static str, name: &'a str) -> Result<Self> {
        if name.trim().is_empty() {
            return Err(Error::input(resource, "it must not be empty: give a name or an id"));
        }
        Ok(Self { resource, name, ids: Vec::new(), others: Vec::new() })
    }

    fn consider(&mut self, is_it: bool, id: String, name: String) {
        if is_it {
            self.ids.push(id);
        } else if self.others.len() < SUGGESTIONS && !name.is_empty() {
            self.others.push(name);
        }
    }

    fn only(self) -> Result<String> {
        let Self { resource, name, mut ids, others } = self;
        let name = name.to_owned();
        match ids.len() {
            0 => Err(Error::new(Repr::NameNotFound { resource, name, available: others })),
            1 => {
                let id = ids.remove(0);
                require_id(resource, &id)?;
                Ok(id)
            }
            _ => Err(Error::new(Repr::AmbiguousName { resource, name, ids })),
        }
    }
}
