//! Roles of the account's own, and the predefined ones beside them.

use claviger_domain::{
    AccountRole, Change, Description, Grants, Name, OrganizationGrant, Permission, PermissionSet,
    PredefinedRole, Refusal, Resource, Role, RoleId, ScopedRole, SpaceGrant, SpaceRole,
};

use super::fixture::{Fixture, later, now, refusal};
use crate::{
    After, CallResult, CreateRole, DeleteRole, GetRole, GetSpace, GrantsOrSpace, ListRoles, Store,
    UpdateRole,
};

const READS: PermissionSet = PermissionSet::of(&[Permission::PromptRead, Permission::TagRead]);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

async fn create(fixture: &Fixture<'_>, who: &str, text: &str) -> CallResult<Role> {
    let description = Description::parse("words").unwrap();
    let command = CreateRole { name: name(text), description, permissions: READS };
    fixture.store.execute(fixture.call(who), command).await
}

fn keep(id: RoleId) -> UpdateRole {
    UpdateRole { id, name: None, description: Change::Keep, permissions: None }
}

/// What was made is found, changed, and gone, each as it was said.
pub async fn roles_are_kept_as_they_were_made(store: &Store) {
    let fixture = Fixture::found(store).await;
    let made = create(&fixture, "admin", "Prompt readers").await.unwrap();
    assert_eq!((made.name.as_str(), made.description.as_str()), ("Prompt readers", "words"));
    assert_eq!((made.permissions, made.is_predefined), (READS, false));
    assert_eq!((made.created_at, made.updated_at), (now(), now()));
    assert_eq!(store.execute(fixture.call("member"), GetRole { id: made.id }).await.unwrap(), made);

    let permissions = PermissionSet::of(&[Permission::TagUpdate]);
    let command = UpdateRole {
        name: Some(name("Taggers")),
        description: Change::Clear,
        permissions: Some(permissions),
        ..keep(made.id)
    };
    let call = fixture.call_at("admin", later(5));
    let changed = store.execute(call, command).await.unwrap();
    let expected = Role {
        name: "Taggers".to_owned(),
        description: String::new(),
        permissions,
        updated_at: later(5),
        ..made
    };
    assert_eq!(changed, expected);
    assert_eq!(
        store.execute(fixture.call("admin"), GetRole { id: changed.id }).await.unwrap(),
        expected
    );
    let before = fixture.everything().await;
    let same = store.execute(fixture.call("admin"), keep(changed.id)).await.unwrap();
    assert_eq!(same, expected);
    assert_eq!(fixture.everything().await, before, "nothing was said");

    store.execute(fixture.call("admin"), DeleteRole { id: changed.id }).await.unwrap();
    let gone = store.execute(fixture.call("admin"), GetRole { id: changed.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::Role));
    let again = create(&fixture, "admin", "Taggers").await.unwrap();
    assert!(again.id > changed.id, "the name is free again, the id is not");
}

/// Predefined roles are everybody's, with the same ids, and nobody's to change.
pub async fn predefined_roles_are_there_and_stay(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.everything().await;
    for predefined in PredefinedRole::ALL {
        for who in ["admin", "stranger"] {
            let found =
                store.execute(fixture.call(who), GetRole { id: predefined.id() }).await.unwrap();
            assert_eq!(found, Role::predefined(predefined, now()));
        }
        let rename = UpdateRole { name: Some(name("mine")), ..keep(predefined.id()) };
        let refused = store.execute(fixture.call("admin"), rename).await;
        assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
        let refused =
            store.execute(fixture.call("admin"), DeleteRole { id: predefined.id() }).await;
        assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
        let taken = create(&fixture, "admin", predefined.name()).await;
        assert!(matches!(refusal(taken), Refusal::Conflict(_)));
    }
    assert_eq!(fixture.everything().await, before);
}

/// The account's own, oldest first, then the predefined ones; page after page, or one kind alone.
pub async fn roles_are_listed_own_first(store: &Store) {
    let fixture = Fixture::found(store).await;
    for text in ["a", "b", "c"] {
        create(&fixture, "admin", text).await.unwrap();
    }
    let list = async |is_predefined, limit| {
        let mut query = ListRoles { is_predefined, after: None, limit };
        let mut found = Vec::new();
        loop {
            let page = store.execute(fixture.call("member"), query.clone()).await.unwrap();
            assert!(page.items.len() <= limit as usize);
            query.after = page.items.last().map(|last| After { reader: page.reader, id: last.id });
            found.extend(page.items.into_iter().map(|role| role.name));
            if !page.has_more {
                return found;
            }
        }
    };
    let own = ["Project readers", "a", "b", "c"];
    let predefined = PredefinedRole::ALL.map(PredefinedRole::name);
    let both: Vec<&str> = own.into_iter().chain(predefined).collect();
    for limit in [1, 2, 3, 4, 5, 11, 100] {
        assert_eq!(list(None, limit).await, both);
        assert_eq!(list(Some(false), limit).await, own);
        assert_eq!(list(Some(true), limit).await, predefined);
    }
}

/// An edit changes the rights of everybody who holds the role, at once; and while somebody does, the role stays.
pub async fn an_edited_role_binds_its_holders_at_once(store: &Store) {
    let fixture = Fixture::found(store).await;
    let permissions = PermissionSet::of(&[Permission::SpaceRead, Permission::ServiceKeyRead]);
    let command = CreateRole { name: name("Watchers"), description: None, permissions };
    let role = store.execute(fixture.call("admin"), command).await.unwrap();
    let spaces = vec![SpaceGrant { space: fixture.space("S1p"), role: SpaceRole::Custom(role.id) }];
    let organization = fixture.organization("O1");
    let grant = OrganizationGrant { organization, role: ScopedRole::ReadOnly, spaces };
    let grants = Grants { account_role: AccountRole::Member, organizations: vec![grant] };
    let command = fixture.service_key("watcher", GrantsOrSpace::Grants(grants));
    let text = command.minted.text.clone();
    let made = store.execute(fixture.call("admin"), command).await.unwrap();
    let sees = async || {
        let call = super::fixture::call_with(text.clone());
        store.execute(call, GetSpace { id: fixture.space("S1p") }).await.is_ok()
    };
    assert!(sees().await);
    let permissions = Some(PermissionSet::of(&[Permission::ProjectRead]));
    let less = UpdateRole { permissions, ..keep(role.id) };
    store.execute(fixture.call("admin"), less).await.unwrap();
    assert!(!sees().await);
    let record = "SELECT details FROM audit_records WHERE action = 'role.update'";
    let details = fixture.value(record).await;
    let holder = ["\"holders\":[", &made.bot.id.to_string(), "]"].concat();
    assert!(details.contains(&holder), "{details}");

    let before = fixture.everything().await;
    let held = store.execute(fixture.call("admin"), DeleteRole { id: role.id }).await;
    assert!(matches!(refusal(held), Refusal::Invalid { .. }));
    assert_eq!(fixture.everything().await, before);
}

/// For administrators of the account; another account's role is nobody's.
pub async fn roles_are_refused_to_others(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.everything().await;
    for who in ["member", "reader", "outsider"] {
        assert!(matches!(refusal(create(&fixture, who, "mine").await), Refusal::Forbidden(_)));
        let rename = UpdateRole { name: Some(name("mine")), ..keep(fixture.role()) };
        let refused = store.execute(fixture.call(who), rename).await;
        assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
        let refused = store.execute(fixture.call(who), DeleteRole { id: fixture.role() }).await;
        assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
    }
    let missing = Refusal::NotFound(Resource::Role);
    for id in [fixture.role(), RoleId::UNASSIGNED, RoleId::new(4_000_000)] {
        let call = || fixture.call("stranger");
        assert_eq!(refusal(store.execute(call(), GetRole { id }).await), missing);
        assert_eq!(refusal(store.execute(call(), keep(id)).await), missing);
        assert_eq!(refusal(store.execute(call(), DeleteRole { id }).await), missing);
    }
    assert!(matches!(
        refusal(create(&fixture, "admin", "Project readers").await),
        Refusal::Conflict(_)
    ));
    assert_eq!(fixture.everything().await, before);
    create(&fixture, "stranger", "mine").await.unwrap();
}
