//! The identity plane against the real server.

use arize::users::{InviteMode, UserStatus};
use arize::{PredefinedRole, organizations, spaces, users};

use crate::real::Real;

#[tokio::test]
async fn an_organization_and_its_space_live_and_end() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = organizations::CreateRequest { name: "new".into(), description: None };
    let organization = client.organizations().create(request.clone()).await.unwrap();
    assert_eq!(client.organizations().get("new").await.unwrap(), organization);
    assert!(client.organizations().create(request).await.unwrap_err().is_conflict());

    let request = spaces::CreateRequest {
        organization: "new".into(),
        name: "room".into(),
        description: Some("a room".into()),
        is_private: Some(true),
    };
    let space = client.spaces().create(request).await.unwrap();
    assert_eq!((space.description.as_str(), space.is_private), ("a room", Some(true)));
    let request = spaces::UpdateRequest {
        space: "room".into(),
        description: Some(None),
        ..spaces::UpdateRequest::default()
    };
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
    let request = users::CreateRequest {
        name: "Ada".into(),
        email: "ada@example.com".into(),
        role: PredefinedRole::Member.into(),
        invite_mode: InviteMode::TemporaryPassword,
        is_developer: None,
    };
    let invited = client.users().create(request.clone()).await.unwrap();
    assert!(invited.is_new && invited.temporary_password.is_some());
    assert_eq!(invited.user.status, Some(UserStatus::Invited));
    let again = client.users().create(request).await.unwrap();
    assert!(!again.is_new && again.temporary_password.is_none());
    assert_eq!(again.user.id, invited.user.id);
    client.users().resend_invitation("ada@example.com").await.unwrap();

    let request = users::UpdateRequest {
        user: "ada@example.com".into(),
        name: Some("Ada L.".into()),
        ..users::UpdateRequest::default()
    };
    assert_eq!(client.users().update(request).await.unwrap().name, "Ada L.");
    let outcome = client.users().bulk_delete(&["ada@example.com", "nobody@example.com"]).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.deleted, ["ada@example.com"]);
    assert_eq!(outcome.not_found, ["nobody@example.com"]);
    assert!(client.users().get("ada@example.com").await.unwrap_err().is_not_found());
}
