//! A tenant as large as a body can name: an account beside the test world, with many organizations of many spaces.

use claviger_domain::{
    AccountPolicy, AccountRole, KeyName, KeyType, MintedKey, ObjectIdCodec, ObjectKind,
};
use claviger_store::{
    CreateAccount, CreatedAccount, FirstOrganization, FirstSpace, FirstUser, HostKey, Request,
};
use claviger_testkit::TestServer;
use serde_json::{Value, json};

/// What a row needs of the tenant.
pub(crate) struct Tenant {
    /// The credential of its administrator.
    pub(crate) key: String,
    /// All its organizations and spaces, as the body of a service key lists them.
    pub(crate) organizations: String,
}

/// Makes a tenant with so many organizations, and so many spaces in each.
pub(crate) async fn found(server: &TestServer, organizations: usize, spaces: usize) -> Tenant {
    let installation = server.store.installation();
    let minted = MintedKey::generate(KeyType::User, installation.tag, &*server.entropy).unwrap();
    let key = minted.reveal();
    let named = |number| FirstSpace { name: format!("space {number}"), is_private: false };
    let organization = |number| FirstOrganization {
        name: format!("organization {number}"),
        spaces: (0..spaces).map(named).collect(),
    };
    let administrator = FirstUser {
        name: "administrator".to_owned(),
        email: "administrator@example.org".to_owned(),
        role: AccountRole::Admin,
        is_developer: true,
        organizations: Vec::new(),
        spaces: Vec::new(),
        key: Some(HostKey { minted, name: KeyName::parse("administrator").unwrap() }),
    };
    let founding = CreateAccount {
        account: "as large as can be".to_owned(),
        policy: AccountPolicy::default(),
        organizations: (0..organizations).map(organization).collect(),
        roles: Vec::new(),
        users: vec![administrator],
    };
    let founded = server.store.execute(Request::host(), founding).await.unwrap();
    let codec = ObjectIdCodec::new(&installation.id_key);
    Tenant { key, organizations: tree(&codec, &founded).to_string() }
}

fn tree(codec: &ObjectIdCodec, founded: &CreatedAccount) -> Value {
    let space = |id: &claviger_domain::SpaceId| json!({ "space_id": codec.encode(ObjectKind::Space, id.number()) });
    let organizations = founded.organizations.iter().map(|(id, spaces)| {
        let id = codec.encode(ObjectKind::Organization, id.number());
        let spaces: Vec<Value> = spaces.iter().map(space).collect();
        json!({ "org_id": id, "spaces": spaces })
    });
    organizations.collect()
}
