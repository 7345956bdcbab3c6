//! The identity plane against the real server.

use arize::{organizations, spaces};

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
