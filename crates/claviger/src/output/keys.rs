//! Output of `claviger keys`.
//!
//! Rule: a secret goes to the standard output, and nothing else goes there with it, so that `> key` captures it alone. Whatever a server
//! sends is printed without its control characters.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use arize::Secret;
use arize::api_keys::{ApiKey, BotUser, KeyStatus, RevokedKeys};
use arize::jiff::Timestamp;
use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};
use serde::Serialize;

use super::printable;
use super::stdout::{Proven, write, write_all, write_json};

/// The width of a terminal that does not tell.
const USUAL_WIDTH: u16 = 80;

const HEADERS: [&str; 8] =
    ["ID", "NAME", "TYPE", "STATUS", "KEY", "CREATED", "EXPIRES", "LAST USED"];

const NAME: usize = 1;

/// Columns that a narrow terminal goes without, in this order: when it was last used, when it was made, its redacted text, its type.
const DISPENSABLE: [usize; 4] = [7, 5, 4, 2];

/// A key as the API writes it. What there is not is null, so that every member is always there.
#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    key_type: &'a str,
    status: &'a str,
    redacted_key: Option<&'a str>,
    created_at: Option<Timestamp>,
    created_by_user_id: Option<&'a str>,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    bot_user: Option<&'a BotUser>,
    /// Whether it has expired. The status keeps the word of the API, by which an expired key is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_expired: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

impl<'a> Document<'a> {
    fn of(key: &'a ApiKey, secret: Option<&'a Secret>) -> Self {
        Self {
            id: &key.id,
            name: &key.name,
            description: key.description.as_deref(),
            key_type: key.key_type.as_str(),
            status: key.status.as_str(),
            redacted_key: key.redacted_key.as_deref(),
            created_at: key.created_at,
            created_by_user_id: key.created_by_user_id.as_deref(),
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            bot_user: key.bot_user.as_ref(),
            is_expired: None,
            key: secret.map(Secret::reveal),
        }
    }
}

impl<'a> Document<'a> {
    fn listed(key: &'a ApiKey, now: Timestamp) -> Self {
        Self { is_expired: Some(key.is_expired(now)), ..Self::of(key, None) }
    }
}

#[derive(Serialize)]
struct Documents<'a> {
    api_keys: Vec<Document<'a>>,
    pagination: More,
}

#[derive(Serialize)]
struct More {
    has_more: bool,
}

/// Keys: a table for people, lines for programs, or a document.
pub(crate) fn list(
    found: &[ApiKey],
    has_more: bool,
    json: bool,
    now: Timestamp,
) -> anyhow::Result<()> {
    if json {
        let api_keys = found.iter().map(|key| Document::listed(key, now)).collect();
        write_json(&serde_json::to_string(&Documents {
            api_keys,
            pagination: More { has_more },
        })?)?;
    } else if !io::stdout().is_terminal() {
        write_all(&found.iter().map(|key| row(key, now).join("\t") + "\n").collect::<String>())?;
    } else if found.is_empty() {
        super::note("No keys found");
    } else {
        let width = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| width.0);
        write(&table(found, width, now))?;
    }
    if has_more && !json {
        super::note("More results: use `--limit COUNT` or `--all`");
    }
    Ok(())
}

/// One key.
pub(crate) fn one(key: &ApiKey, json: bool, now: Timestamp) -> anyhow::Result<()> {
    if json {
        write_json(&serde_json::to_string(&Document::listed(key, now))?)
    } else {
        list(std::slice::from_ref(key), false, false, now)
    }
}

/// Says what will be ended, and what that does.
pub(crate) fn will_end(key: &ApiKey, danger: Option<&str>) {
    let (id, name) = (printable(&key.id), printable(&key.name));
    let used =
        key.last_used_at.map_or("never used".to_owned(), |last| format!("last used {last:.0}"));
    let danger = danger.map_or(String::new(), |danger| format!("; {danger}"));
    super::note(&format!("`{id}`, {name}, {}, {used}{danger}", printable(key.key_type.as_str())));
}

/// The table, with fewer columns where the terminal is narrow; if that is not enough, names are wrapped.
fn table(found: &[ApiKey], width: u16, now: Timestamp) -> String {
    let rows: Vec<_> = found.iter().map(|key| row(key, now)).collect();
    let mut columns: Vec<usize> = (0..HEADERS.len()).collect();
    for dispensable in DISPENSABLE {
        if natural_width(&rows, &columns) > usize::from(width) {
            columns.retain(|column| *column != dispensable);
        }
    }
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(columns.iter().map(|column| HEADERS[*column]));
    table.add_rows(rows.iter().map(|row| columns.iter().map(|column| row[*column].as_str())));
    // What is copied must be in one piece.
    for (place, column) in columns.iter().enumerate() {
        if *column != NAME
            && let Some(column) = table.column_mut(place)
        {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// How wide a table is in which nothing is wrapped: each column has a blank on either side.
fn natural_width(rows: &[[String; 8]], columns: &[usize]) -> usize {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEADERS[column].len()) + 2
    };
    columns.iter().map(|column| width(*column)).sum()
}

fn row(key: &ApiKey, now: Timestamp) -> [String; 8] {
    let is_expired = key.status == KeyStatus::Active && key.is_expired(now);
    let status = if is_expired { "EXPIRED" } else { key.status.as_str() };
    let instant = |instant: Option<Timestamp>| {
        instant.map_or(String::new(), |instant| format!("{instant:.0}"))
    };
    [
        printable(&key.id),
        printable(&key.name),
        printable(key.key_type.as_str()),
        printable(status),
        printable(key.redacted_key.as_deref().unwrap_or("")),
        instant(key.created_at),
        instant(key.expires_at),
        instant(key.last_used_at),
    ]
}

/// A secret, alone.
pub(crate) fn secret(stdout: Proven, secret: &Secret) -> anyhow::Result<()> {
    stdout.write(secret.reveal())
}

/// A key that was made, in one document.
pub(crate) fn document(
    stdout: Proven,
    key: &ApiKey,
    secret: Option<&Secret>,
) -> anyhow::Result<()> {
    stdout.write_json(&serde_json::to_string(&Document::of(key, secret))?)
}

/// Says what was made, and where its secret is.
pub(crate) fn created(key: &ApiKey, at: Option<&str>) {
    let (id, expiry) = (printable(&key.id), expiry(key));
    super::note(&format!("Created `{id}`, which {expiry}. {}", secret_is(at)));
}

/// A key by its id, as it was typed: not if that can be no id, which may be the key itself.
pub(crate) fn typed(id: &str) -> String {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    if !id.is_empty() && id.bytes().all(is_base64) {
        format!("`{id}`")
    } else {
        "the key".to_owned()
    }
}

/// Says what took the place of a key, and where its secret is.
pub(crate) fn refreshed(old: &str, key: &ApiKey, grace: Duration, at: Option<&str>) {
    super::note(&format!("Refreshed {}. {}", replaced(old, key, grace), secret_is(at)));
}

/// Says that a rotation has begun.
pub(crate) fn refreshing(id: &str) {
    super::note(&format!("Refreshing {}", typed(id)));
}

/// Says that the new secret is safe.
pub(crate) fn stored(at: Option<&str>) {
    match at {
        Some(at) => super::note(&format!("Stored the new secret in {at}. Testing it")),
        None => super::note("Printed the new secret. Testing it"),
    }
}

/// Says that a rotation is complete.
pub(crate) fn rotated(old: &str, key: &ApiKey, grace: Duration) {
    super::note(&format!("Rotated {}", replaced(old, key, grace)));
}

fn replaced(old: &str, key: &ApiKey, grace: Duration) -> String {
    let (old, id, expiry) = (typed(old), printable(&key.id), expiry(key));
    let fate = match grace.as_secs() {
        0 => "the old secret is revoked".to_owned(),
        seconds => format!("the old secret works for {seconds} s"),
    };
    format!("{old}: replaced by `{id}`, which {expiry}; {fate}")
}

/// Says that there was nothing to do.
pub(crate) fn already_rotated(old: &str, successor: &ApiKey) {
    let (old, id) = (typed(old), printable(&successor.id));
    super::note(&format!(
        "Nothing to do: {old} was already rotated. Its successor `{id}` is stored and works"
    ));
}

/// Says that a key has ended.
pub(crate) fn ended(id: &str) {
    super::note(&format!("Revoked {}", typed(id)));
}

/// Says how many keys of a person have ended, and which goes on.
pub(crate) fn ended_all(revoked: &RevokedKeys) {
    let kept = revoked.kept_key_id.as_deref();
    let kept =
        kept.map_or(String::new(), |id| format!(". {}, the key in use, still works", typed(id)));
    let count = revoked.revoked;
    super::note(&format!("Revoked {count} {}{kept}", if count == 1 { "key" } else { "keys" }));
}

fn expiry(key: &ApiKey) -> String {
    match key.expires_at {
        Some(instant) => format!("expires at {instant:.0}"),
        None => "never expires".to_owned(),
    }
}

fn secret_is(at: Option<&str>) -> String {
    match at {
        Some(at) => format!("Its secret is in {at}"),
        None => "Keep the secret: it is not shown again".to_owned(),
    }
}
