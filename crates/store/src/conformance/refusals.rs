//! Refused changes: nothing changes, and attempts are recorded.

use claviger_domain::{AccountRole, Grants, KeyType, Refusal};
use serde_json::{Value, json};

use super::fixture::{Fixture, call_with, later, now, own_keys, refusal};
use crate::{
    Authenticate, CreateUserKey, GetOrganization, GetSpace, GetUser, GrantsOrSpace, ListKeys,
    RemoveUser, RevokeKey, Store,
};

/// The records of refusals, oldest first: who, with which key, on what, and the details.
async fn on_record(fixture: &Fixture<'_>) -> Vec<(Vec<String>, Value)> {
    let text = "SELECT actor_id, actor_key_id, target_kind, target_id, request_id, details FROM audit_records
        WHERE action = 'change.refuse' ORDER BY id";
    let rows = fixture.store.query(text).await.unwrap();
    rows.into_iter()
        .map(|mut row| {
            let details = serde_json::from_str(&row.pop().unwrap()).unwrap();
            (row, details)
        })
        .collect()
}

async fn try_to_remove(fixture: &Fixture<'_>, seconds: i64) {
    let call = fixture.call_at("member", later(seconds));
    let refused = fixture.store.execute(call, RemoveUser { id: fixture.user("other") }).await;
    assert!(matches!(refusal(refused), Refusal::Forbidden(_)));
}

/// Whatever is refused leaves every table as it was, but for the records of that.
pub async fn refusals_change_nothing(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (dead, dead_text) = fixture.create("member", "dead").await.unwrap();
    store.execute(fixture.call("member"), RevokeKey { id: dead.id }).await.unwrap();
    let before = fixture.everything().await;
    let call = || call_with(dead_text.clone());
    let grants = || fixture.grants(&[("O1", &["S1"])]);
    let in_space = ListKeys { space: Some(fixture.space("S1")), ..own_keys() };
    let refusals = [
        refusal(store.execute(call(), Authenticate).await),
        refusal(store.execute(call(), fixture.user_key("x")).await),
        refusal(store.execute(call(), fixture.service_key("x", grants())).await),
        refusal(store.execute(call(), fixture.refresh_of(fixture.key("member"), 0)).await),
        refusal(store.execute(call(), RevokeKey { id: fixture.key("member") }).await),
        refusal(store.execute(call(), in_space).await),
        refusal(store.execute(call(), GetOrganization { id: fixture.organization("O1") }).await),
        refusal(store.execute(call(), GetSpace { id: fixture.space("S1") }).await),
        refusal(store.execute(call(), GetUser { id: fixture.user("member") }).await),
        refusal(store.execute(call(), RemoveUser { id: fixture.user("other") }).await),
    ];
    for refused in refusals {
        assert_eq!(refused, Refusal::Unauthenticated);
    }
    let past = CreateUserKey { expires_at: Some(now()), ..fixture.user_key("past") };
    refusal(store.execute(fixture.call("member"), past).await);
    refusal(fixture.create_service("reader", "x", &[("O1", &["S1"])]).await);
    refusal(fixture.refresh(fixture.call("member"), dead.id, 0).await);
    try_to_remove(&fixture, 0).await;
    assert_eq!(fixture.everything().await, before);
}

/// Who tried what on which thing, and why it was refused; sealed like every record.
pub async fn an_overreach_is_on_record(store: &Store) {
    let fixture = Fixture::found(store).await;
    let refused =
        store.execute(fixture.call("admin"), RevokeKey { id: fixture.key("stranger") }).await;
    assert!(matches!(refusal(refused), Refusal::NotFound(_)), "nothing that is known of");
    let dead = fixture.minted(KeyType::User).text;
    refusal(store.execute(call_with(dead), RevokeKey { id: fixture.key("member") }).await);
    assert_eq!(on_record(&fixture).await, [], "no overreach");

    let refused =
        store.execute(fixture.call("member"), RemoveUser { id: fixture.user("other") }).await;
    let Refusal::Forbidden(reason) = refusal(refused) else { panic!("not forbidden") };
    let GrantsOrSpace::Grants(grants) = fixture.grants(&[("O1", &["S1"])]) else { unreachable!() };
    let above = Grants { account_role: AccountRole::Admin, ..grants };
    let above = fixture.service_key("x", GrantsOrSpace::Grants(above));
    let refused = refusal(store.execute(fixture.call("member"), above).await);
    assert!(matches!(refused, Refusal::OverPrivileged(_)), "{refused}");
    let records = on_record(&fixture).await;
    let row = |kind: &str, id: String| {
        let (user, key) = (fixture.user("member").to_string(), fixture.key("member").to_string());
        vec![user, key, kind.to_owned(), id, "req-1".to_owned()]
    };
    let details =
        |operation: &str, reason: String| json!({ "operation": operation, "reason": reason });
    assert_eq!(
        records,
        [
            (
                row("user", fixture.user("other").to_string()),
                details("remove_user", reason.into_owned())
            ),
            (
                row("account", fixture.acme.account.to_string()),
                details("create_service_key", refused.to_string())
            ),
        ]
    );
    assert_eq!(store.verify_audit(None).await.unwrap().faults, []);
}

/// Sixty an hour of each user; the next record counts what was left out.
pub async fn refusals_on_record_are_bounded(store: &Store) {
    let fixture = Fixture::found(store).await;
    for seconds in 0..100 {
        try_to_remove(&fixture, seconds).await;
    }
    assert_eq!(on_record(&fixture).await.len(), 60);
    let outsider =
        store.execute(fixture.call("outsider"), RemoveUser { id: fixture.user("other") }).await;
    assert!(matches!(refusal(outsider), Refusal::Forbidden(_)));
    assert_eq!(on_record(&fixture).await.len(), 61, "of everybody for themselves");
    try_to_remove(&fixture, 3_599).await;
    assert_eq!(on_record(&fixture).await.len(), 61);
    try_to_remove(&fixture, 3_600).await;
    try_to_remove(&fixture, 3_601).await;
    let records = on_record(&fixture).await;
    assert_eq!(records.len(), 63);
    assert_eq!(records[61].1["left_out_before"], 41);
    assert_eq!(records[62].1.get("left_out_before"), None);
}
