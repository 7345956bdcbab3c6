//! Making, changing and deleting organizations and spaces.

use claviger_domain::{Change, Description, Name, Organization, Refusal, Resource, Space};

use super::fixture::{Fixture, later, now, refusal};
use crate::{
    CallResult, CreateOrganization, CreateSpace, DeleteOrganization, DeleteSpace, GetOrganization,
    GetSpace, Store, UpdateOrganization, UpdateSpace,
};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn text_of(text: &str) -> Option<Description> {
    Description::parse(text).unwrap()
}

async fn organization(fixture: &Fixture<'_>, who: &str, text: &str) -> CallResult<Organization> {
    let command = CreateOrganization { name: name(text), description: text_of("words") };
    fixture.store.execute(fixture.call(who), command).await
}

async fn space(fixture: &Fixture<'_>, who: &str, place: &str, text: &str) -> CallResult<Space> {
    let organization = fixture.organization(place);
    let command =
        CreateSpace { organization, name: name(text), description: None, is_private: true };
    fixture.store.execute(fixture.call(who), command).await
}

/// What was made is found, changed, and gone, each as it was said.
pub async fn organizations_are_kept_as_they_were_made(store: &Store) {
    let fixture = Fixture::found(store).await;
    let made = organization(&fixture, "admin", "Labs").await.unwrap();
    assert_eq!((made.name.as_str(), made.description.as_str()), ("Labs", "words"));
    assert_eq!((made.account, made.created_at), (fixture.acme.account, now()));
    assert_eq!(
        store.execute(fixture.call("admin"), GetOrganization { id: made.id }).await.unwrap(),
        made
    );
    let description = Change::Clear;
    let command = UpdateOrganization { id: made.id, name: Some(name("Lab")), description };
    let changed = store.execute(fixture.call("admin"), command).await.unwrap();
    let expected = Organization { name: "Lab".to_owned(), description: String::new(), ..made };
    assert_eq!(changed, expected);
    assert_eq!(
        store.execute(fixture.call("admin"), GetOrganization { id: changed.id }).await.unwrap(),
        expected
    );
    store.execute(fixture.call("admin"), DeleteOrganization { id: changed.id }).await.unwrap();
    let gone = store.execute(fixture.call("admin"), GetOrganization { id: changed.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::Organization));
    let again = organization(&fixture, "admin", "Lab").await.unwrap();
    assert!(again.id > changed.id, "an id is handed out once");
}

/// The same for spaces.
pub async fn spaces_are_kept_as_they_were_made(store: &Store) {
    let fixture = Fixture::found(store).await;
    let made = space(&fixture, "admin", "O1", "Den").await.unwrap();
    assert_eq!((made.organization, made.is_private), (fixture.organization("O1"), true));
    assert_eq!(store.execute(fixture.call("admin"), GetSpace { id: made.id }).await.unwrap(), made);
    let description = Change::Set(text_of("quiet").unwrap());
    let is_private = Some(false);
    let command = UpdateSpace { id: made.id, name: None, description, is_private };
    let changed = store.execute(fixture.call("admin"), command).await.unwrap();
    let expected = Space { description: "quiet".to_owned(), is_private: false, ..made };
    assert_eq!(changed, expected);
    assert_eq!(
        store.execute(fixture.call("member"), GetSpace { id: changed.id }).await.unwrap(),
        expected
    );
    store.execute(fixture.call("admin"), DeleteSpace { id: changed.id }).await.unwrap();
    let gone = store.execute(fixture.call("admin"), GetSpace { id: changed.id }).await;
    assert_eq!(refusal(gone), Refusal::NotFound(Resource::Space));
    let again = space(&fixture, "admin", "O1", "Den").await.unwrap();
    assert!(again.id > changed.id, "an id is handed out once");
}

/// A name is taken in its account or organization, and nowhere else.
pub async fn names_of_places_are_unique(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.everything().await;
    let taken = |result: Refusal| assert!(matches!(result, Refusal::Conflict(_)), "{result:?}");
    taken(refusal(organization(&fixture, "admin", "O2").await));
    taken(refusal(space(&fixture, "admin", "O1", "S1p").await));
    let id = fixture.organization("O1");
    let command = UpdateOrganization { id, name: Some(name("O2")), description: Change::Keep };
    taken(refusal(store.execute(fixture.call("admin"), command).await));
    let (id, name_) = (fixture.space("S1"), Some(name("S1b")));
    let command = UpdateSpace { id, name: name_, description: Change::Keep, is_private: None };
    taken(refusal(store.execute(fixture.call("admin"), command).await));
    assert_eq!(fixture.everything().await, before);
    space(&fixture, "admin", "O2", "S1").await.unwrap();
    organization(&fixture, "admin", "G1").await.unwrap();
    organization(&fixture, "stranger", "O1").await.unwrap();
}

/// Keys that are left without a space are revoked with it; those that have another one lose this one alone.
pub async fn space_delete_cuts_access(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (only, only_text) =
        fixture.create_service("admin", "one", &[("O1", &["S1"])]).await.unwrap();
    let both: &[(&str, &[&str])] = &[("O1", &["S1"]), ("O2", &["S2"])];
    let (_, both_text) = fixture.create_service("admin", "two", both).await.unwrap();
    let call = fixture.call_at("admin", later(60));
    store.execute(call, DeleteSpace { id: fixture.space("S1") }).await.unwrap();
    assert!(!fixture.opens(&only_text, later(60)).await);
    assert!(fixture.opens(&both_text, later(60)).await);
    let revoked = "SELECT id, revoked_at FROM api_keys WHERE status = 'revoked'";
    let row = vec![only.key.id.to_string(), later(60).as_microsecond().to_string()];
    assert_eq!(store.query(revoked).await.unwrap(), [row]);
    let details = fixture.value("SELECT details FROM audit_records WHERE action = 'space.delete'");
    let named = format!(r#""revoked_keys":[{}],"revoked_service_keys":1"#, only.key.id);
    let details = details.await;
    assert!(details.contains(&named), "{details}");
    store
        .execute(fixture.call("admin"), DeleteOrganization { id: fixture.organization("O2") })
        .await
        .unwrap();
    assert!(!fixture.opens(&both_text, now()).await);
    assert!(fixture.opens(&fixture.text("member"), now()).await, "people keep their keys");
}

/// Nobody else's call does it, and nothing is left behind.
pub async fn places_are_changed_by_their_administrators(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.everything().await;
    for (who, seen) in [("member", true), ("reader", true), ("outsider", false)] {
        let call = || fixture.call(who);
        let (id, place) = (fixture.organization("O1"), fixture.space("S1"));
        let command = UpdateOrganization { id, name: Some(name("x")), description: Change::Keep };
        let description = Change::Keep;
        let of_space =
            UpdateSpace { id: place, name: Some(name("x")), description, is_private: None };
        let refusals = [
            refusal(store.execute(call(), command).await),
            refusal(store.execute(call(), DeleteOrganization { id }).await),
            refusal(space(&fixture, who, "O1", "x").await),
            refusal(store.execute(call(), of_space).await),
            refusal(store.execute(call(), DeleteSpace { id: place }).await),
        ];
        for refused in refusals {
            let forbidden = matches!(refused, Refusal::Forbidden(_));
            let hidden = matches!(refused, Refusal::NotFound(_));
            assert!(if seen { forbidden } else { hidden }, "{who}: {refused:?}");
        }
        let refused = refusal(organization(&fixture, who, "x").await);
        assert!(matches!(refused, Refusal::Forbidden(_)), "{who}: {refused:?}");
    }
    assert_eq!(fixture.everything().await, before);
}
