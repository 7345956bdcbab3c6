//! Which keys a list shows (docs/contract/keys.md#list).

use crate::access::Access;
use crate::decide::{may_work_with_keys, sight};
use crate::id::{SpaceId, UserId};
use crate::key::KeyType;
use crate::organization::Space;
use crate::permission::Permission;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;
use crate::user::{Caller, User};

/// A thing that a caller named by its id, looked up.
#[derive(Clone, Debug)]
pub enum Named<T> {
    /// It is in the caller's account.
    Found(T),
    /// It is not.
    Missing,
}

impl<T> Named<T> {
    pub(super) fn found(self) -> Option<T> {
        match self {
            Self::Found(thing) => Some(thing),
            Self::Missing => None,
        }
    }
}

/// What a caller asks for.
#[derive(Clone, Debug, Default)]
pub struct KeyFilter {
    /// Of which type.
    pub key_type: Option<KeyType>,
    /// Of which space.
    pub space: Option<Named<Space>>,
    /// Made by whom.
    pub user: Option<Named<User>>,
}

/// The keys that a list walks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScope {
    /// The user keys of a person.
    UserKeysOf(UserId),
    /// The service keys bound to a space, made by anyone or by one user.
    ServiceKeysIn(SpaceId, Option<UserId>),
    /// All service keys of the account.
    ServiceKeys,
    /// The service keys that a user made.
    ServiceKeysMadeBy(UserId),
    /// The keys of a bot user.
    ServiceKeysOf(UserId),
}

/// Decides what a list shows.
///
/// # Errors
///
/// A [`Refusal`]: 403 without developer access or for other people's keys, 404 for a space or user that the caller cannot see, 400
/// for user keys of a space.
pub fn list_scope(
    caller: &Caller,
    access: &Access,
    filter: KeyFilter,
) -> Result<KeyScope, Refusal> {
    may_work_with_keys(caller)?;
    match (filter.space, filter.user) {
        (Some(_), _) if filter.key_type == Some(KeyType::User) => Err(Refusal::invalid(
            "key_type",
            "user keys belong to a person, not to a space: leave out `space_id`, or ask for SERVICE",
        )),
        (Some(space), user) => keys_of_space(access, space.found(), user),
        (None, Some(user)) => keys_of_user(caller, filter.key_type, user.found()),
        (None, None) => Ok(match filter.key_type {
            Some(KeyType::Service) if caller.is_account_admin() => KeyScope::ServiceKeys,
            Some(KeyType::Service) | None if caller.is_bot() => {
                KeyScope::ServiceKeysOf(caller.user.id)
            }
            Some(KeyType::Service) => KeyScope::ServiceKeysMadeBy(caller.user.id),
            Some(KeyType::User) | None => KeyScope::UserKeysOf(caller.user.id),
        }),
    }
}

/// Everybody's service keys need `SERVICE_KEY_READ`; one user's are open to anyone with access to the space (rules 2 and 3).
fn keys_of_space(
    access: &Access,
    space: Option<Space>,
    user: Option<Named<User>>,
) -> Result<KeyScope, Refusal> {
    let space = space
        .filter(|space| sight::sees_keys_in(access, space))
        .ok_or(Refusal::NotFound(Resource::Space))?;
    match user {
        Some(Named::Missing) => Err(Refusal::NotFound(Resource::User)),
        Some(Named::Found(user)) => Ok(KeyScope::ServiceKeysIn(space.id, Some(user.id))),
        None if access.may(Permission::ServiceKeyRead, Scope::Space(&space)) => {
            Ok(KeyScope::ServiceKeysIn(space.id, None))
        }
        None => Err(Refusal::forbidden("listing service keys needs SERVICE_KEY_READ in the space")),
    }
}

/// Other people's keys are for account administrators (rule 5). The refusal comes before the look-up is told.
fn keys_of_user(
    caller: &Caller,
    key_type: Option<KeyType>,
    user: Option<User>,
) -> Result<KeyScope, Refusal> {
    // Account administrators are told that there is no such user, others nothing.
    let named = user.as_ref().map_or(UserId::UNASSIGNED, |user| user.id);
    if !sight::sees_keys_of(caller, named) {
        return Err(Refusal::forbidden(
            "listing other people's keys is for account administrators",
        ));
    }
    let user = user.ok_or(Refusal::NotFound(Resource::User))?;
    Ok(match key_type {
        Some(KeyType::Service) => KeyScope::ServiceKeysMadeBy(user.id),
        Some(KeyType::User) | None => KeyScope::UserKeysOf(user.id),
    })
}
