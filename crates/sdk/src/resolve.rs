//! From names to ids (docs/client.md#names). Names are compared exactly, addresses in either case; the server's filter only
//! narrows.
//!
//! Every page is looked at: a name that several things have is an error that lists their ids, not a guess. Nothing is remembered: the
//! next call may mean another thing by the same name.

use crate::client::Client;
use crate::error::{Error, Repr, Result};
use crate::id::{is_id, require_id};
use crate::page::{LARGEST_LIMIT, Walk};
use crate::{organizations, roles, spaces, users};

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
    if is_id(name_or_id) {
        return Ok(name_or_id.to_owned());
    }
    let mut found = Found::new("space", name_or_id)?;
    let mut request = spaces::ListRequest {
        organization: organization_id.map(str::to_owned),
        name: Some(name_or_id.to_owned()),
        limit: Some(LARGEST_LIMIT),
        ..spaces::ListRequest::default()
    };
    let mut walk = Walk::new("spaces.list");
    loop {
        let page = client.spaces().page(&request).await?;
        let is_empty = page.items.is_empty();
        for space in page.items {
            found.consider(space.name == name_or_id, space.id, space.name);
        }
        request.cursor = walk.following(is_empty, page.pagination)?;
        if request.cursor.is_none() {
            return found.only();
        }
    }
}

/// The id of an organization.
pub(crate) async fn organization_id(client: &Client, name_or_id: &str) -> Result<String> {
    if is_id(name_or_id) {
        return Ok(name_or_id.to_owned());
    }
    let mut found = Found::new("organization", name_or_id)?;
    let mut request = organizations::ListRequest {
        name: Some(name_or_id.to_owned()),
        limit: Some(LARGEST_LIMIT),
        ..organizations::ListRequest::default()
    };
    let mut walk = Walk::new("organizations.list");
    loop {
        let page = client.organizations().page(&request).await?;
        let is_empty = page.items.is_empty();
        for organization in page.items {
            found.consider(organization.name == name_or_id, organization.id, organization.name);
        }
        request.cursor = walk.following(is_empty, page.pagination)?;
        if request.cursor.is_none() {
            return found.only();
        }
    }
}

/// The id of a user: an id, or an e-mail address.
pub(crate) async fn user_id(client: &Client, email_or_id: &str) -> Result<String> {
    if is_id(email_or_id) {
        return Ok(email_or_id.to_owned());
    }
    let mut found = Found::new("user", email_or_id)?;
    let mut request = users::ListRequest {
        email: Some(email_or_id.to_owned()),
        limit: Some(LARGEST_LIMIT),
        ..users::ListRequest::default()
    };
    let mut walk = Walk::new("users.list");
    loop {
        let page = client.users().page(&request).await?;
        let is_empty = page.items.is_empty();
        for user in page.items {
            let is_it = user.email.to_lowercase() == email_or_id.to_lowercase();
            // No error lists other people's addresses.
            found.consider(is_it, user.id, String::new());
        }
        request.cursor = walk.following(is_empty, page.pagination)?;
        if request.cursor.is_none() {
            return found.only();
        }
    }
}

/// The id of a role. The server has no filter for names, so all roles are looked at.
pub(crate) async fn role_id(client: &Client, name_or_id: &str) -> Result<String> {
    if is_id(name_or_id) {
        return Ok(name_or_id.to_owned());
    }
    let mut found = Found::new("role", name_or_id)?;
    let mut request =
        roles::ListRequest { limit: Some(LARGEST_LIMIT), ..roles::ListRequest::default() };
    let mut walk = Walk::new("roles.list");
    loop {
        let page = client.roles().page(&request).await?;
        let is_empty = page.items.is_empty();
        for role in page.items {
            found.consider(role.name == name_or_id, role.id, role.name);
        }
        request.cursor = walk.following(is_empty, page.pagination)?;
        if request.cursor.is_none() {
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
