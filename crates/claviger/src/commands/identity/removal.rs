//! Confirms deletions, after showing what goes with them.

use arize::api_keys::{ApiKey, KeyStatus, KeyType};
use arize::projects::Project;
use arize::spaces::Space;
use arize::{Client, Pager, api_keys, projects, spaces};

use super::super::http::confirm::{self, WithoutTerminal};
use super::LARGEST_PAGE;
use crate::args::Confirmation;
use crate::output;
use crate::output::deletion::{self, Contents};

/// How many things of one kind are counted.
const COUNTED: usize = 1000;

/// How many spaces of an organization are looked into.
const LOOKED_INTO: usize = 20;

const DELETE: &str = "Delete it permanently?";

/// Confirms something that can be undone. Without a terminal it is done.
pub(super) fn reversible(confirmation: &Confirmation, question: &str) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    confirm::ask(&output::printable(question), WithoutTerminal::Proceed)
}

/// Confirms the deletion of an organization.
pub(super) async fn organization(
    which: &str,
    confirmation: &Confirmation,
    client: &Client,
) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    let organization = client.organizations().get(which).await?;
    let mut request = spaces::ListRequest::new();
    (request.organization, request.limit) = (Some(organization.id.clone()), page());
    let (spaces, has_more) = counted(client.spaces().list_all(request)).await;
    let (mut projects, mut keys) = (some_of(PROJECTS), some_of(KEYS));
    for space in spaces.iter().flatten().take(LOOKED_INTO) {
        extend(&mut projects, projects_of(&space.id, client).await);
        extend(&mut keys, keys_of(&space.id, client).await);
    }
    let is_partial = has_more || spaces.as_ref().is_none_or(|spaces| spaces.len() > LOOKED_INTO);
    projects.has_more |= is_partial;
    keys.has_more |= is_partial;
    let contents = [
        contents(("space", "spaces"), (spaces, has_more), |space: Space| space.name),
        projects,
        keys,
    ];
    deletion::preview("organization", &organization.name, &organization.id, &contents);
    confirm::ask(DELETE, WithoutTerminal::Refuse)
}

/// Confirms the deletion of a space.
pub(super) async fn space(
    which: &str,
    confirmation: &Confirmation,
    client: &Client,
) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    let space = client.spaces().get(which).await?;
    let contents = [projects_of(&space.id, client).await, keys_of(&space.id, client).await];
    deletion::preview("space", &space.name, &space.id, &contents);
    confirm::ask(DELETE, WithoutTerminal::Refuse)
}

/// Confirms the deletion of a project.
pub(super) async fn project(
    which: &str,
    confirmation: &Confirmation,
    client: &Client,
) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    let project = client.projects().get(which).await?;
    deletion::preview("project", &project.name, &project.id, &[]);
    confirm::ask(DELETE, WithoutTerminal::Refuse)
}

/// Confirms the deletion of a role.
pub(super) async fn role(
    which: &str,
    confirmation: &Confirmation,
    client: &Client,
) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    let role = client.roles().get(which).await?;
    deletion::preview("role", &role.name, &role.id, &[]);
    confirm::ask(DELETE, WithoutTerminal::Refuse)
}

/// Confirms the removal of users.
pub(super) async fn users(
    which: &[String],
    confirmation: &Confirmation,
    client: &Client,
) -> anyhow::Result<()> {
    if confirmation.yes {
        return Ok(());
    }
    for user in which {
        // One who cannot be looked up keeps nobody else: the removal says why.
        let Ok(user) = client.users().get(user).await else { continue };
        let mut request = api_keys::ListRequest::new();
        (request.key_type, request.status) = (Some(KeyType::User), Some(KeyStatus::Active));
        (request.user_id, request.limit) = (Some(user.id.clone()), page());
        let keys = counted(client.api_keys().list_all(request)).await;
        let keys = contents(("user key", "user keys"), keys, |key: ApiKey| key.name);
        deletion::preview("user", &user.email, &user.id, &[keys]);
    }
    confirm::ask("Remove them permanently?", WithoutTerminal::Refuse)
}

const PROJECTS: (&str, &str) = ("project", "projects");
const KEYS: (&str, &str) = ("service key", "service keys");

async fn projects_of(space: &str, client: &Client) -> Contents {
    let mut request = projects::ListRequest::new();
    (request.space, request.limit) = (Some(space.to_owned()), page());
    let found = counted(client.projects().list_all(request)).await;
    contents(PROJECTS, found, |project: Project| project.name)
}

async fn keys_of(space: &str, client: &Client) -> Contents {
    let mut request = api_keys::ListRequest::new();
    (request.key_type, request.status) = (Some(KeyType::Service), Some(KeyStatus::Active));
    (request.space, request.limit) = (Some(space.to_owned()), page());
    let found = counted(client.api_keys().list_all(request)).await;
    contents(KEYS, found, |key: ApiKey| key.name)
}

fn page() -> Option<u16> {
    u16::try_from(LARGEST_PAGE).ok()
}

/// What can be listed, and whether there is more; nothing if it may not be listed.
async fn counted<T>(mut pager: Pager<T>) -> (Option<Vec<T>>, bool) {
    let mut found = Vec::new();
    loop {
        match pager.try_next().await {
            Ok(Some(_)) if found.len() == COUNTED => return (Some(found), true),
            Ok(Some(item)) => found.push(item),
            Ok(None) => return (Some(found), false),
            Err(_) => return (None, false),
        }
    }
}

fn contents<T>(
    nouns: (&'static str, &'static str),
    (found, has_more): (Option<Vec<T>>, bool),
    name: fn(T) -> String,
) -> Contents {
    let names = found.map(|found| found.into_iter().map(name).collect());
    Contents { nouns, names, has_more }
}

fn some_of(nouns: (&'static str, &'static str)) -> Contents {
    Contents { nouns, names: Some(Vec::new()), has_more: false }
}

/// Adds what was found in one more space.
fn extend(all: &mut Contents, more: Contents) {
    all.has_more |= more.has_more;
    all.names = match (all.names.take(), more.names) {
        (Some(mut all), Some(more)) => {
            all.extend(more);
            Some(all)
        }
        _ => None,
    };
}
