//! Output of the identity commands: a table on a terminal, lines otherwise, or JSON.
//!
//! Rule: a secret goes to the standard output alone. Whatever a server sends is printed without its control characters.

use std::io::{self, IsTerminal as _};

use arize::jiff::Timestamp;
use arize::organizations::{Organization, OrganizationMembership};
use arize::projects::Project;
use arize::resource_restrictions::ResourceRestriction;
use arize::role_bindings::RoleBinding;
use arize::roles::Role;
use arize::spaces::{Space, SpaceMembership};
use arize::users::{User, UserCreated};
use arize::{RoleAssignment, Secret};
use serde::Serialize;
use serde_json::{Value, json};

use super::stdout::{Proven, write, write_all, write_json};
use super::{note, printable, table};

/// Something that can be a line of a table.
pub(crate) trait Record: Serialize {
    const HEADERS: &'static [&'static str];

    fn cells(&self) -> Vec<String>;

    /// The same in a table of many, where what is long would hide the rest.
    fn brief(&self) -> Vec<String> {
        self.cells()
    }
}

/// Things of one kind.
pub(crate) fn list<R: Record>(
    member: &str,
    found: &[R],
    has_more: bool,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        write_json(&json!({ member: found, "pagination": { "has_more": has_more } }).to_string())?;
    } else if io::stdout().is_terminal() && found.is_empty() {
        note("None found");
    } else {
        lines(found, R::brief)?;
    }
    if has_more && !json {
        note("More results: use `--limit COUNT` or `--all`");
    }
    Ok(())
}

/// One thing.
pub(crate) fn one<R: Record>(record: &R, json: bool) -> anyhow::Result<()> {
    if json {
        write_json(&serde_json::to_string(record)?)
    } else {
        lines(std::slice::from_ref(record), R::cells)
    }
}

/// A user who was invited: a password alone, if there is one.
pub(crate) fn invitation(stdout: Proven, created: &UserCreated, json: bool) -> anyhow::Result<()> {
    let password = created.temporary_password.as_ref().map(Secret::reveal);
    if json {
        let mut document = serde_json::to_value(&created.user)?;
        if let (Value::Object(members), Some(password)) = (&mut document, password) {
            members.insert("temporary_password".to_owned(), password.into());
        }
        return stdout.write_json(&document.to_string());
    }
    let id = printable(&created.user.id);
    if !created.is_new {
        note(&format!("`{id}` is already invited; the invitation is unchanged"));
        return Ok(());
    }
    let Some(password) = password else {
        note(&format!("Invited `{id}`"));
        return lines(std::slice::from_ref(&created.user), User::cells);
    };
    stdout.write(password)?;
    note(&format!("Invited `{id}`. Pass the password on: it works once and is not shown again"));
    Ok(())
}

/// A table on a terminal, of what people need; else all there is, a line each.
fn lines<R: Record>(found: &[R], for_people: fn(&R) -> Vec<String>) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        let rows: Vec<Vec<String>> = found.iter().map(for_people).collect();
        return write(&table::fitted(R::HEADERS, &rows, table::terminal_width()));
    }
    write_all(&found.iter().map(|record| record.cells().join("\t") + "\n").collect::<String>())
}

pub(super) fn instant(instant: Option<Timestamp>) -> String {
    instant.map_or(String::new(), |instant| format!("{instant:.0}"))
}

fn role(role: Option<&RoleAssignment>) -> String {
    match role {
        Some(RoleAssignment::Predefined(role)) => printable(role.as_str()),
        Some(RoleAssignment::Custom { id, .. }) => printable(id),
        _ => String::new(),
    }
}

fn yes_or_no(value: Option<bool>) -> String {
    value.map_or("", |value| if value { "yes" } else { "no" }).to_owned()
}

impl Record for Organization {
    const HEADERS: &'static [&'static str] = &["ID", "NAME", "DESCRIPTION", "CREATED"];

    fn cells(&self) -> Vec<String> {
        let Self { id, name, description, created_at, .. } = self;
        vec![printable(id), printable(name), printable(description), instant(*created_at)]
    }
}

impl Record for Space {
    const HEADERS: &'static [&'static str] = &["ID", "NAME", "PRIVATE", "DESCRIPTION", "CREATED"];

    fn cells(&self) -> Vec<String> {
        let Self { id, name, description, is_private, created_at, .. } = self;
        let private = yes_or_no(*is_private);
        vec![printable(id), printable(name), private, printable(description), instant(*created_at)]
    }
}

impl Record for Project {
    const HEADERS: &'static [&'static str] = &["ID", "NAME", "SPACE", "CREATED"];

    fn cells(&self) -> Vec<String> {
        let Self { id, name, space_id, created_at, .. } = self;
        vec![printable(id), printable(name), printable(space_id), instant(*created_at)]
    }
}

impl Record for User {
    const HEADERS: &'static [&'static str] =
        &["ID", "EMAIL", "NAME", "ROLE", "STATUS", "DEVELOPER", "CREATED"];

    fn cells(&self) -> Vec<String> {
        vec![
            printable(&self.id),
            printable(&self.email),
            printable(&self.name),
            role(self.role.as_ref()),
            printable(self.status.as_ref().map_or("", |status| status.as_str())),
            yes_or_no(self.is_developer),
            instant(self.created_at),
        ]
    }
}

impl Record for OrganizationMembership {
    const HEADERS: &'static [&'static str] = &["ID", "USER", "ORGANIZATION", "ROLE"];

    fn cells(&self) -> Vec<String> {
        let Self { id, user_id, organization_id, .. } = self;
        let role = role(self.role.as_ref());
        vec![printable(id), printable(user_id), printable(organization_id), role]
    }
}

impl Record for SpaceMembership {
    const HEADERS: &'static [&'static str] = &["ID", "USER", "SPACE", "ROLE"];

    fn cells(&self) -> Vec<String> {
        let Self { id, user_id, space_id, .. } = self;
        vec![printable(id), printable(user_id), printable(space_id), role(self.role.as_ref())]
    }
}

impl Record for Role {
    const HEADERS: &'static [&'static str] = &["ID", "NAME", "PREDEFINED", "PERMISSIONS"];

    fn cells(&self) -> Vec<String> {
        let Self { id, name, is_predefined, permissions, .. } = self;
        let predefined = yes_or_no(Some(*is_predefined));
        vec![printable(id), printable(name), predefined, printable(&permissions.join(","))]
    }

    fn brief(&self) -> Vec<String> {
        let mut cells = self.cells();
        cells[3] = self.permissions.len().to_string();
        cells
    }
}

impl Record for RoleBinding {
    const HEADERS: &'static [&'static str] = &["ID", "USER", "ROLE", "ON", "RESOURCE"];

    fn cells(&self) -> Vec<String> {
        vec![
            printable(&self.id),
            printable(&self.user_id),
            printable(&self.role_id),
            printable(self.resource_type.as_ref().map_or("", |kind| kind.as_str())),
            printable(&self.resource_id),
        ]
    }
}

impl Record for ResourceRestriction {
    const HEADERS: &'static [&'static str] = &["RESOURCE", "TYPE", "SINCE"];

    fn cells(&self) -> Vec<String> {
        let kind = self.resource_type.as_ref().map_or("", |kind| kind.as_str());
        vec![printable(&self.resource_id), printable(kind), instant(self.created_at)]
    }
}
