//! Pages are bounded by their size: a list of the largest things there can be is read page by page, each far below what a client takes.

use claviger_domain::{
    AccountPolicy, AccountRole, KeyName, KeyType, MintedKey, ObjectIdCodec, ObjectKind, Permission,
    PermissionSet,
};
use claviger_store::{
    CreateAccount, FirstOrganization, FirstRole, FirstSpace, FirstUser, HostKey, Request,
};
use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::text;

/// What the official clients and ours take at most.
const CLIENT_LIMIT: usize = 16 << 20;
/// What the items of a page take together, if there are several.
const PAGE_LIMIT: usize = 1 << 20;

/// An account of 100 organizations with 100 spaces each: the key of its administrator, and the grants of a key in all of them. The role
/// in each space has the longest name that there can be.
async fn large_account(server: &TestServer, is_custom: bool) -> (String, Value) {
    let minted =
        MintedKey::generate(KeyType::User, server.store.installation().tag, &*server.entropy);
    let minted = minted.unwrap();
    let key = minted.reveal();
    let space = |number| FirstSpace { name: format!("space {number}"), is_private: false };
    let organizations = (0..100).map(|number| FirstOrganization {
        name: format!("organization {number}"),
        spaces: (0..100).map(space).collect(),
    });
    let founded = server.store.execute(
        Request::host(),
        CreateAccount {
            account: "large".to_owned(),
            policy: AccountPolicy::default(),
            organizations: organizations.collect(),
            roles: vec![FirstRole {
                name: "\u{1f511}".repeat(255),
                permissions: PermissionSet::of(&[Permission::ProjectRead]),
            }],
            users: vec![FirstUser {
                name: "large".to_owned(),
                email: "large@example.com".to_owned(),
                role: AccountRole::Admin,
                is_developer: true,
                organizations: vec![],
                spaces: vec![],
                key: Some(HostKey { minted, name: KeyName::parse("first").unwrap() }),
            }],
        },
    );
    let founded = founded.await.unwrap();
    let codec = ObjectIdCodec::new(&server.store.installation().id_key);
    let role = codec.encode(ObjectKind::Role, founded.roles[0].number());
    let role = json!({ "type": "CUSTOM", "id": role });
    let organizations = founded.organizations.iter().map(|(organization, spaces)| {
        let spaces = spaces.iter().map(|space| {
            let id = codec.encode(ObjectKind::Space, space.number());
            if is_custom { json!({ "space_id": id, "role": role }) } else { json!({ "space_id": id }) }
        });
        let spaces: Vec<_> = spaces.collect();
        json!({ "org_id": codec.encode(ObjectKind::Organization, organization.number()), "spaces": spaces })
    });
    (key, organizations.collect())
}

/// Every page of the service keys: how large each is, and the names in it.
async fn pages(server: &TestServer, key: &str) -> Vec<(usize, Vec<String>)> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v2/api-keys?limit=100&key_type=SERVICE{cursor}");
        let answer = server.call_with(key, "GET", &path, Value::Null, &[]).await;
        let page = answer.json(200);
        let keys = page["api_keys"].as_array().unwrap();
        let names = keys.iter().map(|key| text(key, "name").to_owned()).collect();
        pages.push((answer.text.len(), names));
        match page["pagination"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

async fn make(server: &TestServer, key: &str, name: &str, organizations: &Value) {
    let body = json!({ "key_type": "SERVICE", "name": name, "organizations": organizations });
    let made = server.call_with(key, "POST", "/v2/api-keys", body, &[]).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.text.len() < CLIENT_LIMIT, "{} bytes", made.text.len());
}

/// Keys with 10,000 spaces each, beside small ones: a page ends before it is too large, and no key is lost between pages (fault R32).
#[tokio::test]
async fn pages_are_bounded_by_size() {
    let server = TestServer::start().await;
    let (key, all) = large_account(&server, false).await;
    let of = |count: usize| Value::from(all.as_array().unwrap()[..count].to_vec());
    let mut made = Vec::new();
    for (number, organizations) in [1, 20, 20, 20, 100, 1, 20, 100].into_iter().enumerate() {
        let name = format!("key {number}");
        make(&server, &key, &name, &of(organizations)).await;
        made.insert(0, name);
    }
    let pages = pages(&server, &key).await;
    let names: Vec<_> = pages.iter().flat_map(|(_, names)| names.clone()).collect();
    assert_eq!(names, made);
    for (size, names) in &pages {
        assert!(*size <= PAGE_LIMIT || names.len() == 1, "{size} bytes: {names:?}");
    }
    assert!((4..=6).contains(&pages.len()), "{pages:?}");
}

/// The largest key that can be made, with the longest names of roles, fits into what a client takes (fault R32).
#[tokio::test]
async fn the_largest_key_fits_on_a_page() {
    let server = TestServer::start().await;
    let (key, all) = large_account(&server, true).await;
    for name in ["first", "second"] {
        make(&server, &key, name, &all).await;
    }
    let pages = pages(&server, &key).await;
    assert_eq!(pages.len(), 2);
    for (size, names) in &pages {
        assert_eq!(names.len(), 1);
        assert!(*size > 8 * PAGE_LIMIT && *size < CLIENT_LIMIT, "{size} bytes");
    }
}
