//! Transactions that the database cannot order among others.

use claviger_test_postgres::Cluster;

use super::create;

/// Two transactions that each find a name free and take it: one of them is told to try again, although no constraint is in its way.
#[tokio::test]
async fn a_name_that_was_free_is_still_free_at_the_commit() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    create(&url).await.close().await;
    let account = "
        INSERT INTO accounts (name, refresh_expiry, bots_may_mint, max_user_keys, created_at, revoke_keys_above_maker,
            only_owners_refresh_user_keys, derived_expiry_cap, bots_may_invite)
        VALUES ('acme', 'by_dialect', 0, 9, 0, 0, 0, 0, 0)";
    let connect = || async {
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    };
    let (one, other) = (connect().await, connect().await);
    one.batch_execute(account).await.unwrap();
    for client in [&one, &other] {
        client.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE").await.unwrap();
        let named = "SELECT id FROM organizations WHERE account_id = 1 AND name = 'new'";
        assert!(client.query(named, &[]).await.unwrap().is_empty());
    }
    let mut failures = Vec::new();
    for (client, id) in [(&one, 1), (&other, 2)] {
        let insert = format!("INSERT INTO organizations VALUES ({id}, 1, 'new', 'new', '', 0)");
        let done = match client.batch_execute(&insert).await {
            Ok(()) => client.batch_execute("COMMIT").await,
            failed => failed,
        };
        failures.extend(done.err().and_then(|error| error.code().cloned()));
    }
    assert_eq!(failures, [tokio_postgres::error::SqlState::T_R_SERIALIZATION_FAILURE]);
}
