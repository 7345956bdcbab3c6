//! The audit: one record a change, in the change's own transaction, and none without one.

use claviger_domain::AccountPolicy;

use super::TestedStore;
use super::house::{House, call_with, now, own_keys, refusal};
use crate::{CreateUserKey, ListKeys};

/// Every method that changes something writes one record, whoever calls.
pub async fn audit_one_row_per_mutation(store: &dyn TestedStore) {
    let house = House::found(store).await;
    let mut expected = vec!["account.found", "account.found"];
    let (key, _) = house.create("member", "one").await.unwrap();
    expected.push("api_key.create");
    let (made, _) = house.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    expected.push("service_key.create");
    let (new, _) = house.refresh(house.call("member"), key.id, 60).await.unwrap();
    expected.push("api_key.refresh");
    house.refresh(house.call("member"), made.key.id, 0).await.unwrap();
    expected.push("api_key.refresh");
    store.revoke_key(house.call("member"), new.id).await.unwrap();
    expected.push("api_key.revoke");
    store.set_policy(house.acme.account, AccountPolicy::default(), now()).await.unwrap();
    expected.push("policy.update");
    store.remove_user(house.call("admin"), house.user("member")).await.unwrap();
    expected.push("user.delete");
    let actions = store.query("SELECT action FROM audit_records ORDER BY id").await.unwrap();
    assert_eq!(actions.concat(), expected);
    // Reading and being used are no changes.
    house.list("admin", own_keys()).await.unwrap();
    store.user(house.call("admin"), house.user("other")).await.unwrap();
    store.write_last_uses(now()).await.unwrap();
    assert_eq!(house.audited().await, expected.len());
}

/// Who, with which key, what, to what, from where.
pub async fn audit_says_who_did_what_to_which(store: &dyn TestedStore) {
    let house = House::found(store).await;
    let (key, _) = house.create("member", "one").await.unwrap();
    store.revoke_key(house.call("admin"), key.id).await.unwrap();
    let columns = "SELECT account_id, at, actor_id, actor_key_id, action, target_kind, target_id, request_id, source, user_agent
        FROM audit_records WHERE actor_id IS NOT NULL ORDER BY id";
    let rows = store.query(columns).await.unwrap();
    let row = |who: &str, action: &str| {
        vec![
            house.acme.account.to_string(),
            now().as_microsecond().to_string(),
            house.user(who).to_string(),
            house.key(who).to_string(),
            action.to_owned(),
            "api_key".to_owned(),
            key.id.to_string(),
            "req-1".to_owned(),
            "192.0.2.1".to_owned(),
            "suite/1".to_owned(),
        ]
    };
    assert_eq!(rows, [row("member", "api_key.create"), row("admin", "api_key.revoke")]);
    let details = store.query("SELECT details FROM audit_records").await.unwrap().concat();
    for details in details {
        assert!(details.starts_with('{'), "{details}");
    }
}

/// Whatever is refused leaves every table as it was, the audit included.
pub async fn refusals_change_nothing(store: &dyn TestedStore) {
    let house = House::found(store).await;
    let (dead, dead_text) = house.create("member", "dead").await.unwrap();
    store.revoke_key(house.call("member"), dead.id).await.unwrap();
    let before = house.everything().await;
    let call = || call_with(dead_text.clone());
    let grants = || house.grants(&[("O1", &["S1"])]);
    let in_space = ListKeys { space: Some(house.space("S1")), ..own_keys() };
    let refusals = [
        refusal(store.authenticate(call()).await),
        refusal(store.create_user_key(call(), house.user_key("x")).await),
        refusal(store.create_service_key(call(), house.service_key("x", grants())).await),
        refusal(store.refresh_key(call(), house.refresh_of(house.key("member"), 0)).await),
        refusal(store.revoke_key(call(), house.key("member")).await),
        refusal(store.list_keys(call(), in_space).await),
        refusal(store.organization(call(), house.organization("O1")).await),
        refusal(store.space(call(), house.space("S1")).await),
        refusal(store.user(call(), house.user("member")).await),
        refusal(store.remove_user(call(), house.user("other")).await),
    ];
    for refused in refusals {
        assert_eq!(refused, claviger_domain::Refusal::Unauthenticated);
    }
    let past = CreateUserKey { expires_at: Some(now()), ..house.user_key("past") };
    refusal(store.create_user_key(house.call("member"), past).await);
    refusal(house.create_service("reader", "x", &[("O1", &["S1"])]).await);
    refusal(house.refresh(house.call("member"), dead.id, 0).await);
    refusal(store.revoke_key(house.call("member"), house.key("other")).await);
    assert_eq!(house.everything().await, before);
}
