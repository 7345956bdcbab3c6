//! Names become ids (§6): exactly, on all pages, and never by guessing.

use arize::ErrorKind;
use arize::api_keys::ListRequest;
use arize::{organizations, spaces, users};

use crate::real::Real;
use crate::scripted::{Reply, Scripted};

fn page_of_spaces(spaces: &[(&str, &str)], next: Option<&str>) -> Reply {
    let spaces: Vec<_> = spaces
        .iter()
        .map(|(id, name)| format!(r#"{{"id":"{id}","name":"{name}","description":""}}"#))
        .collect();
    let pagination = match next {
        Some(next) => format!(r#"{{"has_more":true,"next_cursor":"{next}"}}"#),
        None => r#"{"has_more":false}"#.to_owned(),
    };
    let spaces = spaces.join(",");
    Reply::json(200, &format!(r#"{{"spaces":[{spaces}],"pagination":{pagination}}}"#))
}

#[tokio::test]
async fn an_id_is_used_as_it_is() {
    let server = Scripted::always(Reply::json(200, r#"{"id":"U3BhY2U6MQ=="}"#)).await;
    server.client().spaces().get("U3BhY2U6MQ==").await.unwrap();
    assert_eq!(server.lines(), ["GET /v2/spaces/U3BhY2U6MQ=="]);
}

#[tokio::test]
async fn a_name_is_compared_exactly_on_every_page() {
    let server = Scripted::start(|request, n| match n {
        0 => page_of_spaces(&[("U3BhY2U6MQ==", "Main"), ("U3BhY2U6Mg==", "main two")], Some("c1")),
        1 => page_of_spaces(&[], Some("c2")),
        2 => page_of_spaces(&[("U3BhY2U6Mw==", "main")], None),
        _ => {
            assert_eq!(request.target, "/v2/spaces/U3BhY2U6Mw==");
            Reply::json(200, r#"{"id":"U3BhY2U6Mw==","name":"main"}"#)
        }
    })
    .await;
    assert_eq!(server.client().spaces().get("main").await.unwrap().id, "U3BhY2U6Mw==");
    assert_eq!(
        server.lines()[..3],
        [
            "GET /v2/spaces?name=main&limit=100",
            "GET /v2/spaces?name=main&limit=100&cursor=c1",
            "GET /v2/spaces?name=main&limit=100&cursor=c2",
        ]
    );
}

#[tokio::test]
async fn a_name_that_looks_like_base64_is_a_name() {
    // `Ojo6` decodes to `:::`, which other clients take for an id.
    let server = Scripted::start(|_, n| match n {
        0 => page_of_spaces(&[("U3BhY2U6MQ==", "Ojo6")], None),
        _ => Reply::json(200, r#"{"id":"U3BhY2U6MQ==","name":"Ojo6"}"#),
    })
    .await;
    assert_eq!(server.client().spaces().get("Ojo6").await.unwrap().id, "U3BhY2U6MQ==");
}

#[tokio::test]
async fn a_name_of_several_is_refused_with_their_ids() {
    let spaces = [("U3BhY2U6MQ==", "main"), ("U3BhY2U6Mg==", "main")];
    let server = Scripted::always(page_of_spaces(&spaces, None)).await;
    let error = server.client().spaces().get("main").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AmbiguousName);
    assert_eq!(error.matching_ids(), ["U3BhY2U6MQ==", "U3BhY2U6Mg=="]);
    assert!(error.to_string().contains("U3BhY2U6Mg=="), "{error}");
}

#[tokio::test]
async fn a_name_of_nothing_says_what_there_is() {
    let real = Real::start().await;
    let client = real.client("admin");
    let error = client.organizations().get("O").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NameNotFound);
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "there is no organization \"O\"; there is O1, O2");
    assert!(client.users().get("nobody@example.com").await.unwrap_err().is_not_found());
    let request = ListRequest::new().space("nowhere");
    assert!(client.api_keys().list(request).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_empty_name_is_refused_before_anything_is_sent() {
    let server = Scripted::always(page_of_spaces(&[], None)).await;
    let client = server.client();
    for name in ["", "  "] {
        for error in [
            client.spaces().get(name).await.unwrap_err(),
            client.organizations().get(name).await.unwrap_err(),
            client.users().get(name).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }
    assert_eq!(server.lines(), [] as [String; 0]);
}

#[tokio::test]
async fn an_address_is_compared_in_either_case() {
    let real = Real::start().await;
    let user = real.client("admin").users().get("MEMBER@example.com").await.unwrap();
    assert_eq!(user.id, real.id("user:member"));
    assert_eq!(user.email, "member@example.com");
}

#[tokio::test]
async fn lists_of_the_neighbours_filter_and_page() {
    let real = Real::start().await;
    let client = real.client("admin");
    let request = spaces::ListRequest::new().organization("O1");
    let names: Vec<_> = client.spaces().list(request).await.unwrap().items;
    let mut names: Vec<_> = names.into_iter().map(|space| space.name).collect();
    names.sort();
    assert_eq!(names, ["S1", "S1b", "S1p"]);
    let request = organizations::ListRequest::new().name("o");
    assert_eq!(client.organizations().list(request).await.unwrap().items.len(), 2);
    let request = users::ListRequest::new().status(users::UserStatus::Active).limit(2);
    let page = client.users().list(request).await.unwrap();
    assert_eq!(page.items.len(), 2);
    assert!(page.pagination.has_more);
}

/// (fault K1)
#[tokio::test]
async fn an_id_with_base64_in_it_is_used_as_it_is() {
    let server = Scripted::always(Reply::json(200, r#"{"id":"U3BhY2U6NTA3MDpsTlIr"}"#)).await;
    server.client().spaces().get("U3BhY2U6NTA3MDpsTlIr").await.unwrap();
    assert_eq!(server.lines(), ["GET /v2/spaces/U3BhY2U6NTA3MDpsTlIr"]);
}

/// (faults K4, K12)
#[tokio::test]
async fn an_unknown_address_lists_nobody_else() {
    let users =
        r#"{"users":[{"id":"VXNlcjox","email":"ann@example.com","name":"Ann"}],"pagination":{}}"#;
    let server = Scripted::always(Reply::json(200, users)).await;
    let error = server.client().users().get("bob@example.com").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((error.resource(), error.name()), (Some("user"), Some("bob@example.com")));
    assert_eq!(error.available(), [] as [String; 0]);
    assert_eq!(error.to_string(), r#"there is no user "bob@example.com""#);
    assert!(!format!("{error:?}").contains("ann@"));
    let server = Scripted::always(page_of_spaces(&[("U3BhY2U6MQ==", "Main")], None)).await;
    let error = server.client().spaces().get("main").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((error.resource(), error.name()), (Some("space"), Some("main")));
    assert_eq!(error.available(), ["Main"]);
}

/// (fault K10)
#[tokio::test]
async fn a_space_is_looked_for_in_the_organization_that_is_given_with_it() {
    use arize::api_keys::{CreateServiceKeyRequest, OrganizationBinding, SpaceBinding};
    let server = Scripted::start(|request, _| {
        let in_organization = request.target.contains("org_id=T3JnYW5pemF0aW9uOjE%3D");
        match (request.method.as_str(), in_organization) {
            ("POST", _) => {
                assert!(request.body.contains(r#""space_id":"U3BhY2U6MQ==""#), "{}", request.body);
                Reply::json(201, r#"{"id":"QXBpS2V5OjI=","key":"ak-new"}"#)
            }
            (_, true) => page_of_spaces(&[("U3BhY2U6MQ==", "main")], None),
            _ => page_of_spaces(&[("U3BhY2U6MQ==", "main"), ("U3BhY2U6Mg==", "main")], None),
        }
    })
    .await;
    let space = SpaceBinding::new("main");
    let organization = OrganizationBinding::new("T3JnYW5pemF0aW9uOjE=", [space]);
    let request = CreateServiceKeyRequest::in_organizations("ci", [organization]);
    server.client().api_keys().create_service_key(request).await.unwrap();
}
