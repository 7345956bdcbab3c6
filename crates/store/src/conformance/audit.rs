//! Audit log: one record for each change, in its transaction.

use claviger_domain::{AccountPolicy, KeyText, KeyType, Refusal};

use super::fixture::{Fixture, later, now, own_keys, refusal};
use crate::{
    After, GetUser, Leak, ListAuditRecords, NoteSecretInUrl, RemoveUser, ReportLeak, Reporter,
    Request, RevokeKey, SetPolicy, Store,
};

/// Every method that changes something writes one record, for every caller.
pub async fn audit_one_row_per_mutation(store: &Store) {
    let fixture = Fixture::found(store).await;
    let mut expected = vec!["account.found", "account.found"];
    let (key, _) = fixture.create("member", "one").await.unwrap();
    expected.push("api_key.create");
    let (made, _) = fixture.create_service("member", "robot", &[("O1", &["S1"])]).await.unwrap();
    expected.push("service_key.create");
    let (new, _) = fixture.refresh(fixture.call("member"), key.id, 60).await.unwrap();
    expected.push("api_key.refresh");
    fixture.refresh(fixture.call("member"), made.key.id, 0).await.unwrap();
    expected.push("api_key.refresh");
    store.execute(fixture.call("member"), RevokeKey { id: new.id }).await.unwrap();
    expected.push("api_key.revoke");
    store
        .execute(
            Request::host(),
            SetPolicy { account: fixture.acme.account, policy: AccountPolicy::default() },
        )
        .await
        .unwrap();
    expected.push("policy.update");
    store.execute(fixture.call("admin"), RemoveUser { id: fixture.user("member") }).await.unwrap();
    expected.push("user.delete");
    let actions = store.query("SELECT action FROM audit_records ORDER BY id").await.unwrap();
    assert_eq!(actions.concat(), expected);
    // Reading and being used are no changes.
    fixture.list("admin", own_keys()).await.unwrap();
    store.execute(fixture.call("admin"), GetUser { id: fixture.user("other") }).await.unwrap();
    fixture.write_last_uses(now()).await.unwrap();
    assert_eq!(fixture.audited().await, expected.len());
}

/// A key that was in a URL is written down for its account, without an actor and without counting as used; what opens nothing is not.
pub async fn a_secret_in_a_url_is_written_down(store: &Store) {
    let fixture = Fixture::found(store).await;
    let before = fixture.audited().await;
    store
        .execute(
            Request::anonymous(fixture.call("stranger").context),
            NoteSecretInUrl { key: fixture.text("stranger") },
        )
        .await
        .unwrap();
    fixture.write_last_uses(now()).await.unwrap();
    let text = "SELECT k.acts_for_user_id, r.action, r.actor_id, r.actor_key_id, r.request_id, k.last_used_at FROM audit_records r
        JOIN api_keys k ON k.id = r.target_id AND k.account_id = r.account_id
        WHERE r.action = 'api_key.secret_in_url' AND r.target_kind = 'api_key'";
    let stranger = fixture.user("stranger").to_string();
    let row = [stranger.as_str(), "api_key.secret_in_url", "null", "null", "req-1", "null"];
    assert_eq!(store.query(text).await.unwrap(), [row]);

    store
        .execute(fixture.call("stranger"), RevokeKey { id: fixture.key("stranger") })
        .await
        .unwrap();
    let revoked = store
        .execute(
            Request::anonymous(fixture.call("stranger").context),
            NoteSecretInUrl { key: fixture.text("stranger") },
        )
        .await;
    assert_eq!(refusal(revoked), Refusal::Unauthenticated);
    let unknown = fixture.minted(KeyType::User).text;
    let unknown = store
        .execute(
            Request::anonymous(fixture.call("stranger").context),
            NoteSecretInUrl { key: unknown },
        )
        .await;
    assert_eq!(refusal(unknown), Refusal::Unauthenticated);
    assert_eq!(fixture.audited().await, before + 2, "with the revocation");
}

/// A reported key is revoked with a record that names nobody as the actor, and the report does not count as a use; a revoked key and what
/// was made up change nothing.
pub async fn a_leaked_key_is_revoked_once(store: &Store) {
    let fixture = Fixture::found(store).await;
    let report = |who| {
        store.execute(
            Request::anonymous(fixture.call("stranger").context),
            report_of(fixture.text(who), "https://example.com/a"),
        )
    };
    let Leak::Revoked { key, creator } = report("stranger").await.unwrap() else {
        panic!("the key is live");
    };
    assert_eq!((key.id, key.revoked_at), (fixture.key("stranger"), Some(now())));
    assert_eq!(creator.unwrap().id, fixture.user("stranger"));
    fixture.write_last_uses(now()).await.unwrap();
    let text = "SELECT k.acts_for_user_id, k.status, u.user_keys, r.actor_id, r.actor_key_id, r.details, k.last_used_at FROM audit_records r
        JOIN api_keys k ON k.id = r.target_id AND k.account_id = r.account_id JOIN users u ON u.id = k.acts_for_user_id
        WHERE r.action = 'api_key.leak' AND r.target_kind = 'api_key'";
    let details = r#"{"reported_by":"github","url":"https://example.com/a"}"#;
    let stranger = fixture.user("stranger").to_string();
    let row = [stranger.as_str(), "revoked", "0", "null", "null", details, "null"];
    assert_eq!(store.query(text).await.unwrap(), [row]);

    let before = fixture.everything().await;
    assert!(matches!(report("stranger").await.unwrap(), Leak::DeadBefore));
    let made_up = fixture.minted(KeyType::User).text;
    let unknown = store
        .execute(Request::anonymous(fixture.call("stranger").context), report_of(made_up, ""))
        .await
        .unwrap();
    assert!(matches!(unknown, Leak::Unknown));
    assert_eq!(fixture.everything().await, before);
}

fn report_of(key: KeyText, url: &str) -> ReportLeak {
    ReportLeak { key, reporter: Reporter::Github, url: Some(url.to_owned()) }
}

/// Who, with which key, what, to what, from where.
pub async fn audit_says_who_did_what_to_which(store: &Store) {
    let fixture = Fixture::found(store).await;
    let (key, _) = fixture.create("member", "one").await.unwrap();
    store.execute(fixture.call("admin"), RevokeKey { id: key.id }).await.unwrap();
    let columns = "SELECT account_id, at, actor_id, actor_key_id, action, target_kind, target_id, request_id, source, user_agent
        FROM audit_records WHERE actor_id IS NOT NULL ORDER BY id";
    let rows = store.query(columns).await.unwrap();
    let row = |who: &str, action: &str| {
        vec![
            fixture.acme.account.to_string(),
            now().as_microsecond().to_string(),
            fixture.user(who).to_string(),
            fixture.key(who).to_string(),
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

fn all() -> ListAuditRecords {
    ListAuditRecords {
        from: None,
        to: None,
        user: None,
        actions: Vec::new(),
        of_changes: true,
        after: None,
        limit: 100,
    }
}

/// Newest first, of one account, for its administrators; filtered by time, user and action, page after page.
pub async fn audit_is_listed_newest_first(store: &Store) {
    let fixture = Fixture::found(store).await;
    fixture.create("stranger", "elsewhere").await.unwrap();
    let mut made = Vec::new();
    for (seconds, who) in [(0, "member"), (0, "other"), (5, "member"), (9, "admin")] {
        let call = fixture.call_at(who, later(seconds));
        let key = store.execute(call, fixture.user_key(who)).await.unwrap();
        made.push(key.id.number());
    }
    let list = async |query: ListAuditRecords| {
        let call = fixture.call_at("admin", later(10));
        let page = store.execute(call, query).await.unwrap();
        let keys = page.items.iter().filter(|entry| entry.action == "api_key.create");
        let keys: Vec<usize> =
            keys.map(|entry| made.iter().position(|id| *id == entry.target_id).unwrap()).collect();
        (keys, page)
    };
    assert_eq!(list(all()).await.0, [3, 2, 1, 0]);
    let user = Some(fixture.user("member"));
    assert_eq!(list(ListAuditRecords { user, ..all() }).await.0, [2, 0]);
    let from = Some(later(5));
    assert_eq!(list(ListAuditRecords { from, ..all() }).await.0, [3, 2]);
    let to = Some(later(5));
    assert_eq!(list(ListAuditRecords { to, ..all() }).await.0, [2, 1, 0]);
    let actions = vec!["api_key.revoke".to_owned(), "account.found".to_owned()];
    let (_, page) = list(ListAuditRecords { actions, ..all() }).await;
    assert_eq!(page.items.len(), 1, "the founding");
    let (_, page) = list(ListAuditRecords { of_changes: false, ..all() }).await;
    assert_eq!(page.items, []);

    let mut query = ListAuditRecords { limit: 1, ..all() };
    let mut seen = Vec::new();
    loop {
        let (_, page) = list(query.clone()).await;
        seen.extend(page.items.iter().map(|entry| entry.id));
        query.after = page.items.last().map(|last| After { reader: page.reader, id: last.id });
        if !page.has_more {
            break;
        }
    }
    let (_, whole) = list(all()).await;
    assert_eq!(seen, whole.items.iter().map(|entry| entry.id).collect::<Vec<_>>());
    assert_eq!(seen.len(), 5);

    for who in ["member", "reader", "outsider"] {
        let refused = store.execute(fixture.call(who), all()).await;
        assert!(matches!(refusal(refused), Refusal::Forbidden(_)), "{who}");
    }
    let backwards = ListAuditRecords { from: Some(later(2)), to: Some(later(1)), ..all() };
    let refused = store.execute(fixture.call("admin"), backwards).await;
    assert!(matches!(refusal(refused), Refusal::Invalid { .. }));
}
