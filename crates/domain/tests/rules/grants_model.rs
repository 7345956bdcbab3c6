//! A third, naive opinion on rights: one permission at a time, by its name, in each of a few places. It is written from `docs/roles.md`
//! and shares no set and no function with the product. Any bytes are a case, so that a fuzzer can look for one where the two disagree.
//!
//! The bytes say what roles a caller has, which spaces are private and which projects restricted, and what a new service key is to be
//! given. Checked are what the caller may do where, what lists are narrowed by, and the ceiling: nothing that the key may do anywhere is
//! more than the caller may do there.

use std::collections::HashMap;

use claviger_domain::decide::Scope;
use claviger_domain::{
    Access, AccountId, AccountRole, CustomRole, Grants, Membership, OrganizationGrant,
    OrganizationId, Permission, PermissionSet, Project, ProjectId, Reach, ResolvedGrants, RoleId,
    ScopedRole, Space, SpaceGrant, SpaceId, SpaceOrProject, SpaceRole,
};
use jiff::Timestamp;

/// Organizations 0 and 1; spaces 0 and 1 are in the first, 2 and 3 in the second; each space has the project of its number.
const ORGANIZATIONS: usize = 2;
const SPACES: usize = 4;
const CUSTOM_ROLES: usize = 3;

/// Which permissions a role has, in the order of [`Permission::ALL`].
type Has = Vec<bool>;

/// Reads a case from bytes; after the last there are zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn below(&mut self, limit: usize) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first) % limit
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn scoped(&mut self) -> ScopedRole {
        use ScopedRole::{Admin, Annotator, Member, ReadOnly};
        [ReadOnly, Member, Admin, Annotator][self.below(4)]
    }

    fn account(&mut self) -> AccountRole {
        use AccountRole::{Admin, Annotator, Member, MemberUiOnly};
        [Member, Member, Member, Member, Annotator, MemberUiOnly, Admin][self.below(7)]
    }

    /// A role's permissions with up to three turned over, or a few alone.
    fn custom(&mut self) -> Has {
        let mut has = match self.below(5) {
            0 => vec![false; Permission::ALL.len()],
            1 => by_name(|name| in_organization(ScopedRole::Admin, name)),
            _ => {
                let role = self.scoped();
                by_name(|name| in_space(role, name))
            }
        };
        for _ in 0..self.below(4) {
            let one = self.below(has.len());
            has[one] = !has[one];
        }
        has
    }
}

fn by_name(rule: impl Fn(&str) -> bool) -> Has {
    Permission::ALL.iter().map(|permission| rule(permission.name())).collect()
}

/// What is about the account itself, and about organizations and spaces as such.
fn is_structure(name: &str) -> bool {
    ["ORGANIZATION_", "ROLE_", "SPACE_", "USER_", "SERVICE_KEY_", "KEY_VERIFY"]
        .iter()
        .any(|start| name.starts_with(start))
}

fn in_space(role: ScopedRole, name: &str) -> bool {
    let reads = name == "SPACE_READ"
        || name == "SERVICE_KEY_READ"
        || (!is_structure(name) && name.ends_with("_READ"));
    let works = reads
        || name == "SERVICE_KEY_CREATE"
        || name == "SERVICE_KEY_REVOKE"
        || (!is_structure(name) && !name.ends_with("_RESTRICT"));
    match role {
        ScopedRole::ReadOnly => reads,
        ScopedRole::Member => works,
        ScopedRole::Admin => {
            works
                || name.ends_with("_RESTRICT")
                || name.starts_with("ROLE_BINDING_")
                || name.starts_with("KEY_VERIFY")
                || name == "SPACE_DELETE"
                || name == "SPACE_UPDATE"
        }
        ScopedRole::Annotator => {
            let few = ["ANNOTATION_CONFIG_READ", "QUEUE_READ", "QUEUE_RECORD_READ", "SPACE_READ"];
            few.contains(&name) || name == "QUEUE_RECORD_ANNOTATE"
        }
    }
}

fn in_organization(role: ScopedRole, name: &str) -> bool {
    let governs = ["ORGANIZATION_DELETE", "ORGANIZATION_UPDATE", "SPACE_CREATE"];
    name == "ORGANIZATION_READ"
        || in_space(role, name)
        || (role == ScopedRole::Admin && governs.contains(&name))
}

fn in_account(role: AccountRole, is_bot: bool, name: &str) -> bool {
    match role {
        AccountRole::Admin => true,
        AccountRole::Member => !is_bot && ["ROLE_READ", "USER_CREATE", "USER_READ"].contains(&name),
        AccountRole::Annotator | AccountRole::MemberUiOnly => false,
    }
}

fn either(one: &Has, other: &Has) -> Has {
    one.iter().zip(other).map(|(one, other)| *one || *other).collect()
}

/// Whether all of one is in the other.
fn all_of(one: &Has, other: &Has) -> bool {
    one.iter().zip(other).all(|(one, other)| !one || *other)
}

fn set(has: &Has) -> PermissionSet {
    let all = Permission::ALL.iter().zip(has);
    all.filter(|(_, has)| **has).map(|(permission, _)| *permission).collect()
}

/// Everything there is.
struct House {
    is_private: Vec<bool>,
    is_restricted: Vec<bool>,
    /// Custom roles; one that is missing has been deleted.
    custom: Vec<Option<Has>>,
}

/// Somebody's roles.
struct Holder {
    is_bot: bool,
    account: AccountRole,
    organizations: Vec<Vec<ScopedRole>>,
    spaces: Vec<Vec<Has>>,
    projects: Vec<Vec<Has>>,
}

/// What somebody may do: in each place, in the order of [`places`], and which spaces they administer.
struct Held {
    at: Vec<Has>,
    governed: Vec<bool>,
}

/// A place in the house.
#[derive(Clone, Copy, Debug)]
enum At {
    Account,
    Organization(usize),
    Space(usize),
    Project(usize),
}

fn places() -> impl Iterator<Item = At> {
    let organizations = (0..ORGANIZATIONS).map(At::Organization);
    let spaces = (0..SPACES).map(At::Space);
    let projects = (0..SPACES).map(At::Project);
    [At::Account].into_iter().chain(organizations).chain(spaces).chain(projects)
}

impl Holder {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let is_bot = bytes.flag();
        let account = bytes.account();
        let mut several = |most: usize| bytes.below(most + 1);
        let counts: Vec<usize> = (0..ORGANIZATIONS + 2 * SPACES).map(|_| several(2)).collect();
        let (organizations, rest) = counts.split_at(ORGANIZATIONS);
        let (spaces, projects) = rest.split_at(SPACES);
        let mut roles = |counts: &[usize]| -> Vec<Vec<Has>> {
            counts.iter().map(|count| (0..*count).map(|_| bytes.custom()).collect()).collect()
        };
        let (spaces, projects) = (roles(spaces), roles(projects));
        let organizations = organizations
            .iter()
            .map(|count| (0..*count).map(|_| bytes.scoped()).collect())
            .collect();
        Self { is_bot, account, organizations, spaces, projects }
    }

    /// All that is held, place by place in their order.
    fn everything(&self, house: &House) -> Held {
        let of_account = by_name(|name| in_account(self.account, self.is_bot, name));
        let governs =
            |role: fn(ScopedRole, &str) -> bool| by_name(|name| role(ScopedRole::Admin, name));
        let (of_admin, of_space_admin) = (governs(in_organization), governs(in_space));
        let organizations: Vec<Has> = self
            .organizations
            .iter()
            .map(|roles| by_name(|name| roles.iter().any(|role| in_organization(*role, name))))
            .map(|own| either(&own, &of_account))
            .collect();
        let spaces: Vec<Has> = (0..SPACES)
            .map(|n| {
                let above = &organizations[n / 2];
                let flows = !house.is_private[n] || all_of(&of_admin, above);
                let own =
                    self.spaces[n].iter().fold(of_account.clone(), |own, more| either(&own, more));
                if flows { either(&own, above) } else { own }
            })
            .collect();
        let governed: Vec<bool> = spaces.iter().map(|held| all_of(&of_space_admin, held)).collect();
        let projects = (0..SPACES).map(|n| {
            let nothing = vec![false; of_account.len()];
            let own = self.projects[n].iter().fold(nothing, |own, more| either(&own, more));
            let flows = !house.is_restricted[n] || governed[n];
            if flows { either(&own, &spaces[n]) } else { own }
        });
        let projects: Vec<Has> = projects.collect();
        let mut held = vec![of_account];
        held.extend(organizations.into_iter().chain(spaces).chain(projects));
        Held { at: held, governed }
    }

    /// The same roles, as the product keeps them.
    fn access(&self) -> Access {
        let organizations = self.organizations.iter().zip(1..).flat_map(|(roles, id)| {
            roles.iter().map(move |role| Membership::Organization(OrganizationId::new(id), *role))
        });
        let spaces = self.spaces.iter().zip(1..).flat_map(|(roles, id)| {
            roles.iter().map(move |has| Membership::Space(SpaceId::new(id), set(has)))
        });
        let projects = self.projects.iter().zip(1..).flat_map(|(roles, id)| {
            roles.iter().map(move |has| Membership::Project(ProjectId::new(id), set(has)))
        });
        let make = if self.is_bot { Access::of_bot } else { Access::new };
        make(self.account, organizations.chain(spaces).chain(projects).collect::<Vec<_>>())
    }
}

/// The id of a thing by its place in a list.
fn number(n: usize) -> i64 {
    i64::try_from(n).map_or(0, |n| n + 1)
}

impl House {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let mut flags = || (0..SPACES).map(|_| bytes.flag()).collect();
        let (is_private, is_restricted) = (flags(), flags());
        let custom = (0..CUSTOM_ROLES).map(|_| (bytes.below(8) != 7).then(|| bytes.custom()));
        Self { is_private, is_restricted, custom: custom.collect() }
    }

    fn space(&self, n: usize) -> Space {
        Space {
            id: SpaceId::new(number(n)),
            account: AccountId::new(1),
            organization: OrganizationId::new(number(n / 2)),
            name: String::new(),
            description: String::new(),
            is_private: self.is_private[n],
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn project(&self, n: usize) -> SpaceOrProject {
        let space = self.space(n);
        let project = Project {
            id: ProjectId::new(number(n)),
            account: AccountId::new(1),
            space: space.id,
            name: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
            restricted_at: self.is_restricted[n].then_some(Timestamp::UNIX_EPOCH),
        };
        SpaceOrProject { space, project: Some(project) }
    }

    /// What a role in a space permits; nobody knows of one that was deleted.
    fn role(&self, role: SpaceRole) -> Option<Has> {
        match role {
            SpaceRole::Predefined(role) => Some(by_name(|name| in_space(role, name))),
            SpaceRole::Custom(id) => {
                let n = usize::try_from(id.number() - 1).ok()?;
                self.custom.get(n)?.clone()
            }
        }
    }

    fn custom_roles(&self) -> HashMap<RoleId, CustomRole> {
        let there = self.custom.iter().zip(1..).filter_map(|(has, id)| Some((has.as_ref()?, id)));
        let role = |(has, id): (&Has, i64)| {
            let role = CustomRole {
                id: RoleId::new(id),
                account: AccountId::new(1),
                name: id.to_string(),
                description: String::new(),
                permissions: set(has),
                created_at: Timestamp::UNIX_EPOCH,
                updated_at: Timestamp::UNIX_EPOCH,
            };
            (role.id, role)
        };
        there.map(role).collect()
    }
}

/// What a service key is to be given: the request, and the bot user that comes of it.
struct Wanted {
    resolved: ResolvedGrants,
    bot: Holder,
    /// Each right that is given, with its place, in the order of the request.
    given: Vec<(Has, At)>,
}

impl Wanted {
    fn read(bytes: &mut Bytes<'_>, house: &House) -> Self {
        let account = bytes.account();
        let mut bot = Holder {
            is_bot: true,
            account,
            organizations: vec![Vec::new(); ORGANIZATIONS],
            spaces: vec![Vec::new(); SPACES],
            projects: vec![Vec::new(); SPACES],
        };
        let all = vec![true; Permission::ALL.len()];
        let mut given = vec![(by_name(|name| in_account(account, false, name)), At::Account)];
        let mut organizations = Vec::new();
        for n in 0..ORGANIZATIONS {
            if bytes.below(4) == 3 {
                continue;
            }
            let role = bytes.scoped();
            bot.organizations[n].push(role);
            given.push((by_name(|name| in_organization(role, name)), At::Organization(n)));
            let mut spaces = Vec::new();
            for space in [2 * n, 2 * n + 1] {
                let role = match bytes.below(5) {
                    4 => continue,
                    3 => SpaceRole::Custom(RoleId::new(number(bytes.below(CUSTOM_ROLES)))),
                    _ => SpaceRole::Predefined(bytes.scoped()),
                };
                // A role that is gone could have permitted anything.
                let has = house.role(role).unwrap_or_else(|| all.clone());
                bot.spaces[space].push(has.clone());
                given.push((has, At::Space(space)));
                spaces.push(SpaceGrant { space: SpaceId::new(number(space)), role });
            }
            let organization = OrganizationId::new(number(n));
            organizations.push(OrganizationGrant { organization, role, spaces });
        }
        let mut bindings = Vec::new();
        for _ in 0..bytes.below(3) {
            let (n, has) = (bytes.below(SPACES), bytes.custom());
            let (place, at) = if bytes.flag() {
                bot.projects[n].push(has.clone());
                (house.project(n), At::Project(n))
            } else {
                bot.spaces[n].push(has.clone());
                (SpaceOrProject { space: house.space(n), project: None }, At::Space(n))
            };
            bindings.push((place, set(&has)));
            given.push((has, at));
        }
        let spaces = (0..SPACES).map(|n| house.space(n)).map(|space| (space.id, space)).collect();
        let grants = Grants { account_role: account, organizations };
        let resolved = ResolvedGrants { grants, spaces, roles: house.custom_roles(), bindings };
        Self { resolved, bot, given }
    }
}

/// Holds the product against the model on the case that these bytes describe. Tells whether the key could be made.
pub(crate) fn check(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let house = House::read(&mut bytes);
    let caller = Holder::read(&mut bytes);
    let wanted = Wanted::read(&mut bytes, &house);
    let held = caller.everything(&house);
    let access = caller.access();
    for (at, held) in places().zip(&held.at) {
        assert_eq!(set(held), at_place(&access, &house, at), "the caller's rights at {at:?}");
    }
    check_reach(&access, &house, &held);

    // A bot may pass on the account role that it has, though it may do nothing by it.
    let ceiling = by_name(|name| in_account(caller.account, false, name));
    let is_within = wanted.given.iter().all(|(has, at)| {
        let held = match at {
            At::Account => &ceiling,
            at => &held.at[places().position(|place| same(place, *at)).unwrap_or_default()],
        };
        all_of(has, held)
    });
    let allowed = wanted.resolved.within(&access).is_ok();
    assert_eq!(allowed, is_within, "the ceiling");
    if allowed {
        let of_bot = wanted.bot.everything(&house);
        for (at, (bot, caller)) in places().zip(of_bot.at.iter().zip(&held.at)) {
            let above = bot.iter().zip(caller).position(|(bot, caller)| *bot && !caller);
            let above = above.map(|one| Permission::ALL[one].name());
            assert_eq!(above, None, "the key may do more than its creator at {at:?}");
        }
    }
    allowed
}

fn same(one: At, other: At) -> bool {
    match (one, other) {
        (At::Account, At::Account) => true,
        (At::Organization(one), At::Organization(other))
        | (At::Space(one), At::Space(other))
        | (At::Project(one), At::Project(other)) => one == other,
        _ => false,
    }
}

/// What the product says is held in a place; one permission at a time, as decisions ask.
fn at_place(access: &Access, house: &House, at: At) -> PermissionSet {
    let may = |scope: Scope<'_>| {
        Permission::ALL.iter().copied().filter(|one| access.may(*one, scope)).collect()
    };
    match at {
        At::Account => may(Scope::Account),
        At::Organization(n) => may(Scope::Organization(OrganizationId::new(number(n)))),
        At::Space(n) => may(Scope::Space(&house.space(n))),
        At::Project(n) => may(Scope::SpaceOrProject(&house.project(n))),
    }
}

/// Whether a list that is narrowed by this shows a space.
fn reaches(reach: &Reach, space: &Space) -> bool {
    let flows = if space.is_private { &reach.private_of } else { &reach.organizations };
    reach.everywhere || reach.spaces.contains(&space.id) || flows.contains(&space.organization)
}

/// Lists are narrowed to what the caller may see, and to nothing less.
fn check_reach(access: &Access, house: &House, held: &Held) {
    let administered = access.administered_spaces();
    for n in 0..SPACES {
        // It may hold a little more: rows are asked for one by one. It never holds less.
        let governs = held.governed[n];
        assert!(!governs || reaches(&administered, &house.space(n)), "administered space {n}");
        assert_eq!(governs, access.administers(&house.space(n)));
    }
    for (one, permission) in Permission::ALL.iter().enumerate() {
        let reach = access.reach(*permission);
        for (at, here) in places().zip(&held.at) {
            let is_in = match at {
                At::Account => reach.everywhere,
                At::Organization(n) => {
                    let id = OrganizationId::new(number(n));
                    reach.everywhere || reach.organizations.contains(&id)
                }
                At::Space(n) => reaches(&reach, &house.space(n)),
                At::Project(n) => {
                    let is_open = !house.is_restricted[n] || held.governed[n];
                    reach.projects.contains(&ProjectId::new(number(n)))
                        || (is_open && reaches(&reach, &house.space(n)))
                }
            };
            assert_eq!(here[one], is_in, "the reach of {} at {at:?}", permission.name());
        }
    }
}
