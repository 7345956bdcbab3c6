//! Pages of lists: limits of items and bytes, without unreadable rows.
//!
//! Rule: a list is read by [`Filling`] and ends with [`cut`], whatever it lists.

use claviger_domain::{
    AuditEntry, Caller, Organization, Project, Refusal, Role, RoleBinding, Space, User, UserId,
};

use super::{BotUser, ListedKey, SpaceRoleView};
use crate::transaction::Chunk;

/// Where a list goes on, and for whom: a place in one caller's list is no place in another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After<Id> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The last thing shown.
    pub id: Id,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The things.
    pub items: Vec<T>,
    /// Whether there are more behind the last.
    pub has_more: bool,
}

/// About how many bytes of a response the items of a page take. A single larger item is a page of its own.
const MAX_BYTES: usize = 1 << 20;

/// About how many bytes an item takes in a response: rather more than less.
pub(super) trait ResponseSize {
    fn response_size(&self) -> usize;
}

/// Which items go on a page: the first always, others as long as they fit.
#[derive(Debug)]
pub(super) struct Room {
    items: usize,
    bytes: usize,
    is_fresh: bool,
}

impl Room {
    pub(super) fn new(limit: u32) -> Self {
        let items = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { items, bytes: MAX_BYTES, is_fresh: true }
    }

    pub(super) fn is_full(&self) -> bool {
        self.items == 0
    }

    /// Takes the room that an item needs, if it is there.
    pub(super) fn take(&mut self, item: &impl ResponseSize) -> bool {
        let size = item.response_size();
        if self.items == 0 || !self.is_fresh && size > self.bytes {
            return false;
        }
        self.items -= 1;
        self.bytes = self.bytes.saturating_sub(size);
        self.is_fresh = false;
        true
    }
}

/// A page of what was read: one row more than asked for was read, to learn whether there is a next page.
pub(super) fn cut<T: ResponseSize>(caller: &Caller, mut items: Vec<T>, limit: u32) -> Page<T> {
    let mut room = Room::new(limit);
    let fit = items.iter().take_while(|item| room.take(*item)).count();
    let has_more = items.len() > fit;
    items.truncate(fit);
    Page { reader: caller.user.id, items, has_more }
}

/// Where to go on, if it is the caller's own list that goes on (docs/threat-model.md#cursors).
pub(super) fn place<Id>(caller: &Caller, after: Option<After<Id>>) -> Result<Option<Id>, Refusal> {
    match after {
        Some(after) if after.reader != caller.user.id => {
            Err(Refusal::invalid("cursor", "it belongs to another list: start again without it"))
        }
        after => Ok(after.map(|after| after.id)),
    }
}

/// The items of a list that are shown, while they are read from a place on: one more than asked for, if there are so many.
#[derive(Debug)]
pub(super) struct Filling<T, Id> {
    wanted: usize,
    id: fn(i64) -> Id,
    /// Behind which row to read on.
    pub after: Option<Id>,
    /// Whether there is anything left to read.
    pub goes_on: bool,
    /// What is shown.
    pub shown: Vec<T>,
}

impl<T, Id> Filling<T, Id> {
    pub(super) fn new(wanted: u32, after: Option<Id>, id: fn(i64) -> Id) -> Self {
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        Self { wanted, id, after, goes_on: true, shown: Vec::new() }
    }

    /// Takes the next rows, which were read as up to one more than `wanted`, as far as they are shown.
    pub(super) fn add(&mut self, chunk: Chunk<T>, is_shown: impl FnMut(&T) -> bool) {
        self.goes_on = chunk.read > self.wanted && chunk.last.is_some();
        self.after = chunk.last.map(self.id);
        self.shown.extend(chunk.items.into_iter().filter(is_shown));
        self.goes_on &= self.shown.len() <= self.wanted;
    }
}

/// What names of members, ids, instants and punctuation take.
const FRAME: usize = 384;
/// The same for a space or an organization in a bot user.
const SMALL_FRAME: usize = 112;

/// A text in JSON, with its quotes.
fn text(text: &str) -> usize {
    let byte = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        _ => 1,
    };
    text.bytes().map(byte).sum::<usize>() + 2
}

impl ResponseSize for Organization {
    fn response_size(&self) -> usize {
        FRAME + text(&self.name) + text(&self.description)
    }
}

impl ResponseSize for Space {
    fn response_size(&self) -> usize {
        FRAME + text(&self.name) + text(&self.description)
    }
}

impl ResponseSize for Project {
    fn response_size(&self) -> usize {
        FRAME + text(&self.name)
    }
}

impl ResponseSize for User {
    fn response_size(&self) -> usize {
        FRAME + text(&self.name) + text(&self.email)
    }
}

impl ResponseSize for RoleBinding {
    fn response_size(&self) -> usize {
        FRAME
    }
}

impl ResponseSize for Role {
    fn response_size(&self) -> usize {
        let names = self.permissions.iter().map(|permission| text(permission.name()) + 1);
        FRAME + text(&self.name) + text(&self.description) + names.sum::<usize>()
    }
}

impl ResponseSize for AuditEntry {
    fn response_size(&self) -> usize {
        let optional = |of: &Option<String>| of.as_deref().map_or(0, text);
        // The details are JSON in a text of JSON.
        FRAME
            + 2 * text(&self.details)
            + text(&self.action)
            + text(&self.target_kind)
            + text(&self.request_id)
            + optional(&self.source)
            + optional(&self.user_agent)
    }
}

impl ResponseSize for BotUser {
    fn response_size(&self) -> usize {
        let spaces = self.organizations.iter().flat_map(|organization| &organization.spaces);
        let role = |role: &SpaceRoleView| match role {
            SpaceRoleView::Predefined(_) => 0,
            SpaceRoleView::Custom { name, .. } => SMALL_FRAME / 2 + text(name),
        };
        let spaces = spaces.map(|space| SMALL_FRAME + role(&space.role));
        FRAME + text(&self.name) + self.organizations.len() * SMALL_FRAME + spaces.sum::<usize>()
    }
}

impl ResponseSize for ListedKey {
    fn response_size(&self) -> usize {
        let description = self.key.description.as_ref().map_or(0, |of| text(of.as_str()));
        let bot = self.bot.as_ref().map_or(0, ResponseSize::response_size);
        2 * FRAME + text(self.key.name.as_str()) + description + bot
    }
}
