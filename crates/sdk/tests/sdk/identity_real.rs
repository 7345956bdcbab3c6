//! The identity plane against the real server.

use arize::users::{InviteMode, UserStatus};
use arize::{
    Change, PredefinedRole, audit_logs, organizations, role_bindings, roles, spaces, users,
};

use crate::real::Real;

#[tokio::test]
async fn an_organization_and_its_space_live_and_end() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = organizations::CreateRequest::new("new");
    let organization = client.organizations().create(request.clone()).await.unwrap();
    assert_eq!(client.organizations().get("new").await.unwrap(), organization);
    assert!(client.organizations().create(request).await.unwrap_err().is_conflict());

    let request = spaces::CreateRequest::new("room", "new").description("a room").is_private(true);
    let space = client.spaces().create(request).await.unwrap();
    assert_eq!((space.description.as_str(), space.is_private), ("a room", Some(true)));
    let request = spaces::UpdateRequest::new("room").description(Change::Clear);
    assert_eq!(client.spaces().update(request).await.unwrap().description, "");

    client.spaces().delete("room").await.unwrap();
    assert!(client.spaces().get(&space.id).await.unwrap_err().is_not_found());
    client.organizations().delete("new").await.unwrap();
    assert!(client.organizations().get(&organization.id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_user_is_invited_changed_and_removed() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = users::CreateRequest::new("Ada", "ada@example.com", PredefinedRole::Member)
        .invite_mode(InviteMode::TemporaryPassword);
    let invited = client.users().create(request.clone()).await.unwrap();
    assert!(invited.is_new && invited.temporary_password.is_some());
    assert_eq!(invited.user.status, Some(UserStatus::Invited));
    let again = client.users().create(request).await.unwrap();
    assert!(!again.is_new && again.temporary_password.is_none());
    assert_eq!(again.user.id, invited.user.id);
    client.users().resend_invitation("ada@example.com").await.unwrap();

    let request = users::UpdateRequest::new("ada@example.com").name("Ada L.");
    assert_eq!(client.users().update(request).await.unwrap().name, "Ada L.");
    let outcome = client.users().bulk_delete(&["ada@example.com", "nobody@example.com"]).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.deleted, ["ada@example.com"]);
    assert_eq!(outcome.not_found, ["nobody@example.com"]);
    assert!(client.users().get("ada@example.com").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_member_comes_and_goes() {
    let real = Real::start().await;
    let client = real.client("admin");
    let user = "member@example.com";
    let membership =
        client.organizations().add_user("O2", user, PredefinedRole::ReadOnly).await.unwrap();
    assert_eq!(membership.role, Some(PredefinedRole::ReadOnly.into()));
    assert_eq!(membership.organization_id, real.id("O2"));
    let membership = client.spaces().add_user("S2", user, PredefinedRole::Member).await.unwrap();
    assert_eq!((membership.user_id, membership.space_id), (real.id("user:member"), real.id("S2")));
    assert!(real.client("member").spaces().get("S2").await.is_ok());
    client.spaces().remove_user("S2", user).await.unwrap();
    assert!(client.spaces().remove_user("S2", user).await.unwrap_err().is_not_found());
    client.organizations().remove_user("O2", user).await.unwrap();
    assert!(real.client("member").spaces().get("S2").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_role_is_made_bound_and_ended() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = roles::CreateRequest::new("auditor", ["PROJECT_READ"]);
    let role = client.roles().create(request).await.unwrap();
    let request = role_bindings::CreateRequest::on_space("auditor", "member@example.com", "S1b");
    let binding = client.role_bindings().create(request.clone()).await.unwrap();
    assert_eq!((&binding.role_id, &binding.resource_id), (&role.id, &real.id("S1b")));
    assert!(client.role_bindings().create(request).await.unwrap_err().is_conflict());
    let other = client.role_bindings().update(&binding.id, "CR_small").await.unwrap();
    assert_eq!(other.role_id, real.id("CR_small"));
    client.role_bindings().delete(&binding.id).await.unwrap();
    assert!(client.role_bindings().get(&binding.id).await.unwrap_err().is_not_found());
    let request = roles::UpdateRequest::new("auditor").permissions(["DATASET_READ"]);
    assert_eq!(client.roles().update(request).await.unwrap().permissions, ["DATASET_READ"]);
    client.roles().delete("auditor").await.unwrap();
    assert!(client.roles().get("auditor").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_audit_tells_who_did_what() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = organizations::CreateRequest::new("new");
    client.organizations().create(request).await.unwrap();
    let request = audit_logs::ListRequest::new().user("admin@example.com").limit(1);
    let page = client.audit_logs().list(request).await.unwrap();
    assert_eq!(page.items[0].operation_name.as_deref(), Some("organization.create"));
    let refused = real.client("member").audit_logs().list(audit_logs::ListRequest::new()).await;
    assert!(refused.unwrap_err().is_forbidden());
}
