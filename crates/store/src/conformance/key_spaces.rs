//! The spaces of a service key: every space in which its bot user has a role, by membership or by binding, and no other.

use std::collections::{BTreeMap, BTreeSet};

use claviger_domain::{
    AccountRole, ApiKeyId, BoundTo, Grants, KeyText, KeyType, Name, OrganizationGrant,
    PredefinedRole, ProjectId, RoleBindingId, ScopedRole, SpaceGrant, SpaceId, SpaceRole, UserId,
};

use super::fixture::{Fixture, now, own_keys};
use crate::{CreateProject, CreateRoleBinding, CreateSpace, GrantsOrSpace, ListKeys};
use crate::{DeleteProject, DeleteRoleBinding, DeleteSpace, RevokeKey, Store};

/// How many sequences, and how many steps each has.
const SEQUENCES: u64 = 12;
const STEPS: usize = 14;

/// A place that is left, and the space that it is or is in.
type Places = BTreeMap<i64, SpaceId>;

/// What one sequence is played with, and what should be in the database.
struct Played<'a> {
    fixture: &'a Fixture<'a>,
    random: u64,
    spaces: BTreeSet<i64>,
    projects: Places,
    /// The spaces that each bot was made a member of.
    members: BTreeMap<i64, BTreeSet<i64>>,
    /// Bindings, with whose they are and where.
    bindings: BTreeMap<RoleBindingId, (i64, BoundTo)>,
    /// Keys that are not revoked, with their bot.
    live: BTreeMap<ApiKeyId, (i64, KeyText)>,
}

impl<'a> Played<'a> {
    async fn begin(fixture: &'a Fixture<'a>, seed: u64) -> Self {
        let mut played = Self {
            fixture,
            random: seed,
            spaces: BTreeSet::new(),
            projects: Places::new(),
            members: BTreeMap::new(),
            bindings: BTreeMap::new(),
            live: BTreeMap::new(),
        };
        for number in 0..4 {
            let space = played.create_space(&format!("space {seed} {number}")).await;
            let name = Name::parse("project").unwrap();
            let command = CreateProject { space, name };
            let project = fixture.store.execute(fixture.call("admin"), command).await.unwrap();
            played.projects.insert(project.id.number(), space);
        }
        for _ in 0..3 {
            played.create_key().await;
        }
        played
    }

    async fn create_space(&mut self, name: &str) -> SpaceId {
        let command = CreateSpace {
            organization: self.fixture.organization("O2"),
            name: Name::parse(name).unwrap(),
            description: None,
            is_private: self.one_of(2) == 0,
        };
        let call = self.fixture.call("admin");
        let space = self.fixture.store.execute(call, command).await.unwrap();
        self.spaces.insert(space.id.number());
        space.id
    }

    /// A service key in one or two of the spaces.
    async fn create_key(&mut self) {
        let all: Vec<_> = self.spaces.iter().copied().collect();
        let chosen: BTreeSet<_> =
            [all[self.one_of(all.len())], all[self.one_of(all.len())]].into_iter().collect();
        let spaces = chosen.iter().map(|space| SpaceGrant {
            space: SpaceId::new(*space),
            role: SpaceRole::Predefined(ScopedRole::Member),
        });
        let grants = Grants {
            account_role: AccountRole::Member,
            organizations: vec![OrganizationGrant {
                organization: self.fixture.organization("O2"),
                role: ScopedRole::ReadOnly,
                spaces: spaces.collect(),
            }],
        };
        let command = self.fixture.service_key("a robot", GrantsOrSpace::Grants(grants));
        let text = command.minted.text.clone();
        let call = self.fixture.call("admin");
        let made = self.fixture.store.execute(call, command).await.unwrap();
        self.members.insert(made.bot.id.number(), chosen);
        self.live.insert(made.key.id, (made.bot.id.number(), text));
    }

    /// A number below this one, by a step of a linear congruential generator (Knuth's MMIX).
    fn one_of(&mut self, count: usize) -> usize {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.random >> 33).unwrap() % count
    }

    fn choose<T: Clone>(&mut self, things: impl Iterator<Item = T>) -> Option<T> {
        let things: Vec<_> = things.collect();
        if things.is_empty() { None } else { Some(things[self.one_of(things.len())].clone()) }
    }

    fn space_of(&self, place: BoundTo) -> i64 {
        match place {
            BoundTo::Space(id) => id.number(),
            BoundTo::Project(id) => self.projects[&id.number()].number(),
        }
    }

    /// The spaces in which a bot has a role.
    fn spaces_of(&self, bot: i64) -> BTreeSet<i64> {
        let bound = self.bindings.values().filter(|(user, _)| *user == bot);
        let bound = bound.map(|(_, place)| self.space_of(*place));
        self.members.get(&bot).into_iter().flatten().copied().chain(bound).collect()
    }

    async fn step(&mut self) {
        match self.one_of(8) {
            0..=2 => self.bind().await,
            3 => self.unbind().await,
            4 => self.delete_project().await,
            5 | 6 => self.delete_space().await,
            _ => self.refresh().await,
        }
    }

    async fn bind(&mut self) {
        let spaces = self.spaces.iter().map(|id| BoundTo::Space(SpaceId::new(*id)));
        let projects = self.projects.keys().map(|id| BoundTo::Project(ProjectId::new(*id)));
        let places: Vec<_> = spaces.chain(projects).collect();
        let bots: Vec<_> = self.members.keys().copied().collect();
        let (Some(place), Some(bot)) =
            (self.choose(places.into_iter()), self.choose(bots.into_iter()))
        else {
            return;
        };
        if self.bindings.values().any(|known| *known == (bot, place)) {
            return;
        }
        let role = PredefinedRole::ProjectViewer.id();
        let command = CreateRoleBinding { user: UserId::new(bot), role, place };
        let call = self.fixture.call("admin");
        let made = self.fixture.store.execute(call, command).await.unwrap();
        self.bindings.insert(made.id, (bot, place));
    }

    async fn unbind(&mut self) {
        let ids: Vec<_> = self.bindings.keys().copied().collect();
        if let Some(id) = self.choose(ids.into_iter()) {
            let call = self.fixture.call("admin");
            self.fixture.store.execute(call, DeleteRoleBinding { id }).await.unwrap();
            self.bindings.remove(&id);
        }
    }

    async fn delete_project(&mut self) {
        let ids: Vec<_> = self.projects.keys().copied().collect();
        let Some(id) = self.choose(ids.into_iter()) else { return };
        let place = BoundTo::Project(ProjectId::new(id));
        let call = self.fixture.call("admin");
        self.fixture.store.execute(call, DeleteProject { id: ProjectId::new(id) }).await.unwrap();
        self.lose(|known| *known == place);
        self.projects.remove(&id);
    }

    async fn delete_space(&mut self) {
        let ids: Vec<_> = self.spaces.iter().copied().collect();
        let Some(id) = self.choose(ids.into_iter()) else { return };
        let call = self.fixture.call("admin");
        self.fixture.store.execute(call, DeleteSpace { id: SpaceId::new(id) }).await.unwrap();
        let projects = self.projects.clone();
        self.lose(|place| match place {
            BoundTo::Space(space) => space.number() == id,
            BoundTo::Project(project) => projects[&project.number()].number() == id,
        });
        self.projects.retain(|_, space| space.number() != id);
        self.spaces.remove(&id);
    }

    /// Takes away the roles in what was deleted, and the keys of the bots that lost their last one.
    fn lose(&mut self, is_gone: impl Fn(&BoundTo) -> bool) {
        let bots: Vec<_> = self.members.keys().copied().collect();
        let had: BTreeSet<_> =
            bots.iter().copied().filter(|bot| !self.spaces_of(*bot).is_empty()).collect();
        for spaces in self.members.values_mut() {
            spaces.retain(|space| !is_gone(&BoundTo::Space(SpaceId::new(*space))));
        }
        self.bindings.retain(|_, (_, place)| !is_gone(place));
        for bot in bots {
            if had.contains(&bot) && self.spaces_of(bot).is_empty() {
                self.live.retain(|_, (of, _)| *of != bot);
            }
        }
    }

    /// Refreshes a key with a grace, if none has taken its place.
    async fn refresh(&mut self) {
        let ids: Vec<_> = self.live.keys().copied().collect();
        let Some(id) = self.choose(ids.into_iter()) else { return };
        let bot = self.live[&id].0;
        let call = self.fixture.call("admin");
        if let Ok((key, text)) = self.fixture.refresh(call, id, 600).await {
            self.live.insert(key.id, (bot, text));
        }
    }

    async fn check(&self, what: &str) {
        let service = ListKeys { key_type: Some(KeyType::Service), ..own_keys() };
        let listed: BTreeSet<_> = self.fixture.ids("admin", service).await.into_iter().collect();
        for (id, (_, text)) in &self.live {
            assert!(listed.contains(id), "{what}: {id} is live and in no list");
            assert!(self.fixture.opens(text, now()).await, "{what}: {id} is live");
        }
        for space in &self.spaces {
            let query = ListKeys { space: Some(SpaceId::new(*space)), ..own_keys() };
            let shown: BTreeSet<_> = self.fixture.ids("admin", query).await.into_iter().collect();
            let live = self.live.iter();
            let expected: BTreeSet<_> = live
                .filter(|(_, (bot, _))| self.spaces_of(*bot).contains(space))
                .map(|(id, _)| *id)
                .collect();
            assert_eq!(shown, expected, "{what}: the list of space {space}");
        }
    }
}

/// Whatever is bound, taken and deleted, in whatever order: each live service key is in the list of every space in which its bot has
/// a role, in that of no other, and an administrator of the account lists and revokes it. One that reaches nowhere after a deletion is
/// dead (fault S3).
pub async fn every_live_service_key_is_listed_and_can_be_revoked(store: &Store) {
    let fixture = Fixture::found(store).await;
    for seed in 0..SEQUENCES {
        let mut played = Played::begin(&fixture, seed).await;
        for step in 0..STEPS {
            played.step().await;
            played.check(&format!("sequence {seed}, step {step}")).await;
        }
        for (id, (_, text)) in &played.live {
            store.execute(fixture.call("admin"), RevokeKey { id: *id }).await.unwrap();
            assert!(!fixture.opens(text, now()).await);
        }
    }
    let left = "SELECT count(*) FROM api_keys WHERE key_type = 'service' AND status = 'active'";
    assert_eq!(fixture.value(left).await, "0");
}

/// A key that lives on by a binding alone is refreshed and ended as any other is, by those who administer where it is bound, and its
/// successor is in the same lists (fault S3).
pub async fn a_key_that_lives_by_a_binding_is_refreshed_and_revoked(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (made, text) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    let place = BoundTo::Space(fixture.space("S2"));
    let role = PredefinedRole::Space(ScopedRole::ReadOnly).id();
    for (user, role) in [
        (made.bot.id, role),
        (fixture.user("other"), PredefinedRole::Space(ScopedRole::Admin).id()),
        (fixture.user("outsider"), role),
    ] {
        let command = CreateRoleBinding { user, role, place };
        store.execute(fixture.call("admin"), command).await.unwrap();
    }
    store.execute(fixture.call("admin"), DeleteSpace { id: fixture.space("S1") }).await.unwrap();
    assert!(fixture.opens(&text, now()).await);
    let in_space = || ListKeys { space: Some(fixture.space("S2")), ..own_keys() };
    for who in ["admin", "other", "outsider"] {
        assert_eq!(fixture.ids(who, in_space()).await, [made.key.id], "{who}");
    }
    let (next, text) = fixture.refresh(fixture.call("admin"), made.key.id, 0).await.unwrap();
    assert_eq!(fixture.ids("outsider", in_space()).await, [next.id]);
    let refused = store.execute(fixture.call("outsider"), RevokeKey { id: next.id }).await;
    assert!(matches!(super::fixture::refusal(refused), claviger_domain::Refusal::Forbidden(_)));
    store.execute(fixture.call("other"), RevokeKey { id: next.id }).await.unwrap();
    assert!(!fixture.opens(&text, now()).await);
}
