//! Projects, restricting them, and the roles that are given in them and in spaces.

use claviger_domain::{
    BoundTo, Name, PredefinedRole, Project, ProjectId, Refusal, Resource, RoleBinding,
    RoleBindingId, ScopedRole,
};

use super::fixture::{Fixture, later, now, refusal};
use crate::{
    After, CallResult, CreateProject, CreateRoleBinding, DeleteProject, DeleteRoleBinding,
    DeleteSpace, GetProject, GetRoleBinding, GetSpace, ListProjects, ListRestrictions,
    ListRoleBindings, RemoveUser, RestrictProject, Store, UnrestrictProject, UpdateProject,
    UpdateRoleBinding,
};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

async fn project(fixture: &Fixture<'_>, who: &str, space: &str, text: &str) -> CallResult<Project> {
    let command = CreateProject { space: fixture.space(space), name: name(text) };
    fixture.store.execute(fixture.call(who), command).await
}

async fn bind(
    fixture: &Fixture<'_>,
    who: &str,
    user: &str,
    role: PredefinedRole,
    place: BoundTo,
) -> CallResult<RoleBinding> {
    let command = CreateRoleBinding { user: fixture.user(user), role: role.id(), place };
    fixture.store.execute(fixture.call(who), command).await
}

/// What was made is found, changed, and gone, each as it was said; its id comes back to nothing.
pub async fn projects_are_kept_as_they_were_made(store: &Store) {
    let fixture = Fixture::found(store).await;
    let made = project(&fixture, "member", "S1", "traces").await.unwrap();
    assert_eq!((made.name.as_str(), made.space), ("traces", fixture.space("S1")));
    assert_eq!((made.created_at, made.restricted_at), (now(), None));
    assert_eq!(
        store.execute(fixture.call("reader"), GetProject { id: made.id }).await.unwrap(),
        made
    );
    let rename = UpdateProject { id: made.id, name: name("spans") };
    let renamed = store.execute(fixture.call("member"), rename).await.unwrap();
    assert_eq!(renamed, Project { name: "spans".to_owned(), ..made });
    let taken = project(&fixture, "member", "S1", "spans").await;
    assert!(matches!(refusal(taken), Refusal::Conflict(_)));
    store.execute(fixture.call("member"), DeleteProject { id: made.id }).await.unwrap();
    let gone = store.execute(fixture.call("admin"), GetProject { id: made.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::Project));
    assert!(project(&fixture, "member", "S1", "spans").await.unwrap().id > made.id);
    for (who, space) in [("member", "S2"), ("outsider", "S1"), ("stranger", "S1")] {
        let hidden = project(&fixture, who, space, "mine").await;
        assert_eq!(refusal(hidden), Refusal::NotFound(Resource::Space), "{who} {space}");
    }
}

/// A restricted project is closed to all but those with a binding on it, and administrators; restricting twice changes nothing.
pub async fn restricting_cuts_what_is_inherited(store: &Store) {
    let fixture = Fixture::found(store).await;
    let made = project(&fixture, "member", "S1", "traces").await.unwrap();
    let viewer = PredefinedRole::ProjectViewer;
    bind(&fixture, "admin", "reader", viewer, BoundTo::Project(made.id)).await.unwrap();
    let call = fixture.call_at("admin", later(5));
    let restricted = store.execute(call, RestrictProject { id: made.id }).await.unwrap();
    assert_eq!(restricted.restricted_at, Some(later(5)));
    let before = fixture.everything().await;
    let again =
        store.execute(fixture.call("admin"), RestrictProject { id: made.id }).await.unwrap();
    assert_eq!(again, restricted);
    assert_eq!(fixture.everything().await, before);

    let list = async |who: &str| {
        let query =
            ListProjects { space: None, space_name: None, name: None, after: None, limit: 9 };
        store.execute(fixture.call(who), query).await.unwrap().items.len()
    };
    for (who, sees) in [("admin", true), ("reader", true), ("member", false), ("other", false)] {
        assert_eq!(
            store.execute(fixture.call(who), GetProject { id: made.id }).await.is_ok(),
            sees,
            "{who}"
        );
        assert_eq!(list(who).await, usize::from(sees), "{who}");
    }
    // A binding in a project is no more than it says, and not one in its space.
    let rename = UpdateProject { id: made.id, name: name("mine") };
    let refused = store.execute(fixture.call("reader"), rename).await;
    assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
    let restrictions = ListRestrictions { of_projects: true, after: None, limit: 9 };
    for (who, count) in [("admin", 1), ("reader", 0), ("member", 0)] {
        let page = store.execute(fixture.call(who), restrictions.clone()).await.unwrap();
        assert_eq!(page.items.len(), count, "{who}");
    }
    store.execute(fixture.call("admin"), UnrestrictProject { id: made.id }).await.unwrap();
    store.execute(fixture.call("member"), GetProject { id: made.id }).await.unwrap();
    let twice = store.execute(fixture.call("admin"), UnrestrictProject { id: made.id }).await;
    assert_eq!(refusal(twice), Refusal::NotFound(Resource::Restriction));
}

/// A role is given, changed and taken, and binds the next call; one binding a user and place.
pub async fn bindings_bind_the_next_call(store: &Store) {
    let fixture = Fixture::found(store).await;
    let member = PredefinedRole::Space(ScopedRole::Member);
    let reader = PredefinedRole::Space(ScopedRole::ReadOnly);
    let place = BoundTo::Space(fixture.space("S2"));
    let makes = async |text: &str| project(&fixture, "outsider", "S2", text).await.is_ok();
    assert!(!makes("one").await);
    let made = bind(&fixture, "admin", "outsider", member, place).await.unwrap();
    assert_eq!((made.user, made.role, made.place), (fixture.user("outsider"), member.id(), place));
    assert!(makes("two").await);
    let twice = bind(&fixture, "admin", "outsider", reader, place).await;
    assert!(matches!(refusal(twice), Refusal::Conflict(_)));
    let less = UpdateRoleBinding { id: made.id, role: reader.id() };
    let call = fixture.call_at("admin", later(5));
    let changed = store.execute(call, less).await.unwrap();
    assert_eq!(changed, RoleBinding { role: reader.id(), updated_at: later(5), ..made });
    assert_eq!(
        store.execute(fixture.call("admin"), GetRoleBinding { id: made.id }).await.unwrap(),
        changed
    );
    assert!(!makes("three").await);
    store.execute(fixture.call("outsider"), GetSpace { id: fixture.space("S2") }).await.unwrap();
    store.execute(fixture.call("admin"), DeleteRoleBinding { id: made.id }).await.unwrap();
    let gone = store.execute(fixture.call("outsider"), GetSpace { id: fixture.space("S2") }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::Space));
    let gone = store.execute(fixture.call("admin"), DeleteRoleBinding { id: made.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::RoleBinding));
    let again = bind(&fixture, "admin", "outsider", reader, place).await.unwrap();
    assert!(again.id > made.id);
}

/// Where there is no right to give, places that are there and others are refused alike; and lists show what may be read, page by page.
pub async fn bindings_are_refused_without_telling(store: &Store) {
    let fixture = Fixture::found(store).await;
    let viewer = PredefinedRole::ProjectViewer;
    let mut made = Vec::new();
    for text in ["a", "b", "c"] {
        let place = BoundTo::Project(project(&fixture, "admin", "S1", text).await.unwrap().id);
        made.push(bind(&fixture, "admin", "reader", viewer, place).await.unwrap());
    }
    let before = fixture.everything().await;
    let somewhere = BoundTo::Project(ProjectId::UNASSIGNED);
    let first = refusal(bind(&fixture, "member", "other", viewer, somewhere).await);
    for place in
        [made[0].place, BoundTo::Space(fixture.space("S1")), BoundTo::Space(fixture.space("S2"))]
    {
        assert_eq!(refusal(bind(&fixture, "member", "other", viewer, place).await), first);
    }
    let missing = Refusal::NotFound(Resource::RoleBinding);
    for id in [made[0].id, RoleBindingId::UNASSIGNED] {
        for who in ["member", "stranger"] {
            assert_eq!(
                refusal(store.execute(fixture.call(who), GetRoleBinding { id }).await),
                missing
            );
            let change = UpdateRoleBinding { id, role: viewer.id() };
            assert_eq!(refusal(store.execute(fixture.call(who), change).await), missing);
            assert_eq!(
                refusal(store.execute(fixture.call(who), DeleteRoleBinding { id }).await),
                missing
            );
        }
    }
    assert_eq!(fixture.everything().await, before);
    let mut query = ListRoleBindings { in_projects: true, user: None, after: None, limit: 2 };
    let page = store.execute(fixture.call("admin"), query.clone()).await.unwrap();
    assert_eq!((page.items.as_slice(), page.has_more), (&made[..2], true));
    query.after = Some(After { reader: page.reader, id: page.items[1].id });
    let page = store.execute(fixture.call("admin"), query.clone()).await.unwrap();
    assert_eq!((page.items.as_slice(), page.has_more), (&made[2..], false));
    query.after = None;
    let page = store.execute(fixture.call("member"), query.clone()).await.unwrap();
    assert_eq!(page.items, []);
    query.user = Some(fixture.user("other"));
    let page = store.execute(fixture.call("admin"), query.clone()).await.unwrap();
    assert_eq!(page.items, []);
    query.user = Some(fixture.user("stranger"));
    let foreign = store.execute(fixture.call("admin"), query).await;
    assert_eq!(refusal(foreign), Refusal::NotFound(Resource::User));
}

/// Whatever is bound goes with its space, its project, or its user.
pub async fn bindings_go_with_what_they_bind(store: &Store) {
    let fixture = Fixture::found(store).await;
    let viewer = PredefinedRole::ProjectViewer;
    let made = project(&fixture, "admin", "S1b", "traces").await.unwrap();
    let other = project(&fixture, "admin", "S1", "traces").await.unwrap();
    for (user, place) in [
        ("reader", BoundTo::Space(fixture.space("S1b"))),
        ("reader", BoundTo::Project(made.id)),
        ("outsider", BoundTo::Project(other.id)),
        ("reader", BoundTo::Project(other.id)),
    ] {
        bind(&fixture, "admin", user, viewer, place).await.unwrap();
    }
    let left = async || fixture.value("SELECT count(*) FROM role_bindings").await;
    store.execute(fixture.call("admin"), DeleteSpace { id: fixture.space("S1b") }).await.unwrap();
    assert_eq!(left().await, "2");
    store
        .execute(fixture.call("admin"), RemoveUser { id: fixture.user("outsider") })
        .await
        .unwrap();
    assert_eq!(left().await, "1");
    store.execute(fixture.call("admin"), DeleteProject { id: other.id }).await.unwrap();
    assert_eq!(left().await, "0");
    assert_eq!(fixture.value("SELECT count(*) FROM projects").await, "0");
}
