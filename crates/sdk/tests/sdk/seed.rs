//! Each row of the page that was asked for, on the client, against the real server.

use std::time::Duration;

use arize::api_keys::{
    CreateRequest, CreateServiceKeyRequest, KeyStatus, KeyType, ListRequest, OrganizationBinding,
    RefreshRequest, SpaceBinding,
};
use arize::jiff::{SignedDuration, Timestamp};
use arize::{Client, PredefinedRole, RoleAssignment};

use crate::real::{Real, config};

fn named(name: &str) -> CreateRequest {
    CreateRequest::new(name.to_owned())
}

#[tokio::test]
async fn seed_one_client_for_every_resource() {
    let real = Real::start().await;
    let client = Client::new(config(real.address, real.server.world.key("admin"))).unwrap();
    client.api_keys().list(ListRequest::new()).await.unwrap();
    client.spaces().get("S1").await.unwrap();
    client.organizations().get("O1").await.unwrap();
    client.users().get("member@example.com").await.unwrap();
}

#[tokio::test]
async fn seed_create_issues_user_keys_and_create_service_key_service_keys() {
    let real = Real::start().await;
    let client = real.client("member");
    let user = client.api_keys().create(named("mine")).await.unwrap().api_key;
    assert_eq!(user.key_type, KeyType::User);
    assert_eq!(user.created_by_user_id, Some(real.id("user:member")));
    assert_eq!(user.bot_user, None);

    let request = CreateServiceKeyRequest::in_space("ci", "S1");
    let service = client.api_keys().create_service_key(request).await.unwrap().api_key;
    assert_eq!(service.key_type, KeyType::Service);
    assert_eq!(service.bot_user.unwrap().name, "ci");
}

#[tokio::test]
async fn seed_list_gives_fifty_by_default() {
    let real = Real::start().await;
    let client = real.client("member");
    for n in 0..60 {
        client.api_keys().create(named(&format!("key {n}"))).await.unwrap();
    }
    let page = client.api_keys().list(ListRequest::new()).await.unwrap();
    assert_eq!(page.items.len(), 50);
    assert!(page.pagination.has_more);
    let cursor = page.pagination.next_cursor;
    let rest = ListRequest::new().cursor(cursor.unwrap()).limit(100);
    let rest = client.api_keys().list(rest).await.unwrap();
    assert!(!rest.pagination.has_more);
    let all: Vec<_> = client.api_keys().list_all(ListRequest::new()).collect().await.unwrap();
    assert_eq!(all.len(), 50 + rest.items.len());
}

#[tokio::test]
async fn seed_list_filters_by_type_status_and_space_by_name_or_id() {
    let real = Real::start().await;
    let client = real.client("admin");
    for space in ["S1".to_owned(), real.id("S1")] {
        let request = ListRequest::new()
            .key_type(KeyType::Service)
            .status(KeyStatus::Active)
            .space(space)
            .limit(20);
        let keys = client.api_keys().list(request).await.unwrap().items;
        assert!(keys.len() > 1);
        for key in &keys {
            assert!(!key.id.is_empty() && !key.name.is_empty());
            assert_eq!((&key.key_type, &key.status), (&KeyType::Service, &KeyStatus::Active));
        }
    }
    let request = ListRequest::new().status(KeyStatus::Revoked);
    let revoked = real.client("member").api_keys().list(request).await.unwrap().items;
    assert!(revoked.iter().any(|key| key.id == real.id("uk_revoked")));
    assert!(revoked.iter().all(|key| key.status == KeyStatus::Revoked));
    let request = ListRequest::new().user_id(real.id("user:other"));
    let others = client.api_keys().list(request).await.unwrap().items;
    assert!(others.iter().any(|key| key.id == real.id("uk_other")));
}

#[tokio::test]
async fn seed_create_shows_the_key_once_and_takes_an_expiry() {
    let real = Real::start().await;
    let client = real.client("member");
    let expires_at = real.server.now() + SignedDuration::from_hours(24 * 30);
    let request = named("monthly").description("for a month").expires_at(expires_at);
    let created = client.api_keys().create(request).await.unwrap();
    assert_eq!(created.expires_at, Some(expires_at));
    assert_eq!(created.description.as_deref(), Some("for a month"));

    let own = real.client_with_key(created.key.reveal());
    let listed = own.api_keys().list(ListRequest::new()).await.unwrap().items;
    let listed = listed.into_iter().find(|key| key.id == created.id).unwrap();
    assert!(!created.key.reveal().contains(listed.redacted_key.as_deref().unwrap()));
}

#[tokio::test]
async fn seed_service_key_roles_are_optional_and_default_at_each_scope() {
    let real = Real::start().await;
    let request = CreateServiceKeyRequest::in_space("defaults", real.id("S1"));
    let created = real.client("member").api_keys().create_service_key(request).await.unwrap();
    let bot = created.api_key.bot_user.unwrap();
    assert_eq!(bot.account_role, Some(PredefinedRole::Member.into()));
    let [organization] = &bot.organizations[..] else { panic!("{bot:?}") };
    assert_eq!(organization.org_id, real.id("O1"));
    assert_eq!(organization.role, Some(PredefinedRole::ReadOnly.into()));
    let [space] = &organization.spaces[..] else { panic!("{bot:?}") };
    assert_eq!(space.space_id, real.id("S1"));
    assert_eq!(space.role, Some(PredefinedRole::Member.into()));
}

#[tokio::test]
async fn seed_service_key_roles_are_given_at_each_scope() {
    let real = Real::start().await;
    let request = CreateServiceKeyRequest::in_space("chosen", "S1")
        .account_role(PredefinedRole::Admin)
        .organization_role(PredefinedRole::Member)
        .space_role(PredefinedRole::ReadOnly);
    let created = real.client("admin").api_keys().create_service_key(request).await.unwrap();
    let bot = created.api_key.bot_user.unwrap();
    assert_eq!(bot.account_role, Some(PredefinedRole::Admin.into()));
    assert_eq!(bot.organizations[0].role, Some(PredefinedRole::Member.into()));
    assert_eq!(bot.organizations[0].spaces[0].role, Some(PredefinedRole::ReadOnly.into()));
}

#[tokio::test]
async fn service_keys_span_organizations_and_take_custom_roles() {
    let real = Real::start().await;
    let custom = RoleAssignment::custom(real.id("CR_small"));
    let request = CreateServiceKeyRequest::in_organizations(
        "everywhere",
        [
            OrganizationBinding::new(
                "O1",
                [SpaceBinding::new("S1").role(custom), SpaceBinding::new("S1b")],
            )
            .role(PredefinedRole::Member),
            OrganizationBinding::new(
                real.id("O2"),
                [SpaceBinding::new(real.id("S2")).role(PredefinedRole::ReadOnly)],
            ),
        ],
    );
    let created = real.client("admin").api_keys().create_service_key(request).await.unwrap();
    let bot = created.api_key.bot_user.unwrap();
    let organizations: Vec<_> = bot.organizations.iter().map(|one| one.org_id.clone()).collect();
    assert_eq!(organizations, [real.id("O1"), real.id("O2")]);
    let role = bot.organizations[0].spaces[0].role.clone().unwrap();
    let RoleAssignment::Custom { id, .. } = role else { panic!("{role:?}") };
    assert_eq!(id, real.id("CR_small"));
}

#[tokio::test]
async fn seed_refresh_rotates_the_text_and_without_expiry_it_never_ends() {
    let real = Real::start().await;
    let client = real.client("member");
    let expires_at = real.server.now() + SignedDuration::from_hours(1);
    let old = client.api_keys().create(named("short").expires_at(expires_at)).await.unwrap();
    let request = RefreshRequest::new(&old.id).without_grace();
    let new = client.api_keys().refresh(request).await.unwrap();
    assert_ne!(new.key.reveal(), old.key.reveal());
    assert_ne!(new.id, old.id, "the id in the answer is the one to use");
    assert_eq!(new.expires_at, None);

    let with_old = real.client_with_key(old.key.reveal());
    assert!(with_old.api_keys().list(ListRequest::new()).await.unwrap_err().is_unauthorized());
    let with_new = real.client_with_key(new.key.reveal());
    with_new.api_keys().list(ListRequest::new()).await.unwrap();
}

#[tokio::test]
async fn seed_refresh_takes_an_expiry_and_a_grace_period() {
    let real = Real::start().await;
    let client = real.client("member");
    let old = client.api_keys().create(named("graceful")).await.unwrap();
    let expires_at: Timestamp = real.server.now() + SignedDuration::from_hours(48);
    let request =
        RefreshRequest::new(old.id.clone()).expires_at(expires_at).grace_period_seconds(60);
    let new = client.api_keys().refresh(request).await.unwrap();
    assert_eq!(new.expires_at, Some(expires_at));

    let with_old = real.client_with_key(old.key.reveal());
    with_old.api_keys().list(ListRequest::new()).await.unwrap();
    real.server.advance(60);
    assert!(with_old.api_keys().list(ListRequest::new()).await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn seed_delete_and_revoke_give_nothing_but_an_error() {
    let real = Real::start().await;
    let client = real.client("member");
    let deleted = client.api_keys().create(named("deleted")).await.unwrap();
    let () = client.api_keys().delete(&deleted.id).await.unwrap();
    let revoked = client.api_keys().create(named("revoked")).await.unwrap();
    let () = client.api_keys().revoke(&revoked.id).await.unwrap();
    let () = client.api_keys().revoke(&revoked.id).await.unwrap();
    for gone in [deleted, revoked] {
        let client = real.client_with_key(gone.key.reveal());
        assert!(client.api_keys().list(ListRequest::new()).await.unwrap_err().is_unauthorized());
    }
}

#[tokio::test]
async fn seed_errors_are_typed_and_carry_the_problem() {
    let real = Real::start().await;
    let client = real.client("member");
    let keys = client.api_keys();
    let absent = "QXBpS2V5OjEwMDE6YUJjRA==";

    let error = real.client_with_key("ak-nobody").api_keys().list(ListRequest::new()).await;
    let error = error.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.problem().unwrap().title, "Authentication required");

    assert!(keys.create(named(&"x".repeat(257))).await.unwrap_err().is_bad_request());
    let above = CreateServiceKeyRequest::in_space("above", "S1").space_role(PredefinedRole::Admin);
    let error = keys.create_service_key(above).await.unwrap_err();
    assert!(error.is_unprocessable_entity(), "{error}");
    let request = RefreshRequest::new(real.id("uk")).grace_period_seconds(86_401);
    assert!(keys.refresh(request).await.unwrap_err().is_bad_request());
    let request = RefreshRequest::new(absent);
    assert!(keys.refresh(request).await.unwrap_err().is_not_found());
    assert!(keys.delete(absent).await.unwrap_err().is_not_found());
    assert!(keys.revoke(absent).await.unwrap_err().is_not_found());
    let user_id = real.id("user:other");
    let error = keys.list(ListRequest::new().user_id(user_id)).await.unwrap_err();
    assert!(error.is_forbidden());
    assert!(error.problem().unwrap().detail.is_some());
}

#[tokio::test]
async fn the_clients_can_be_shared_between_tasks() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let real = Real::start().await;
    let client = real.client("member");
    shared(&client);
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { client.api_keys().create(named(&format!("{n}"))).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(client.config().timeout(), Some(Duration::from_secs(30)));
}
