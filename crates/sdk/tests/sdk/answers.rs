//! No answer makes the client panic: properties over bodies, statuses and headers. The fuzz target `sdk_answers` goes further.

use arize::api_keys::{CreateRequest, ListRequest, RefreshRequest};
use arize::{Retries, users};
use proptest::prelude::*;

use crate::scripted::{Reply, Scripted};

/// JSON that has the members of real answers, with values that may be anything.
fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[ -~]{0,12}".prop_map(|text| format!("{text:?}")),
        Just(r#""2026-01-15T10:30:00Z""#.to_owned()),
        Just(r#""SERVICE""#.to_owned()),
        Just(r#""read-only""#.to_owned()),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        let name = prop::sample::select(vec![
            "id",
            "name",
            "key",
            "key_type",
            "status",
            "api_keys",
            "spaces",
            "users",
            "pagination",
            "has_more",
            "next_cursor",
            "created_at",
            "expires_at",
            "bot_user",
            "organizations",
            "org_id",
            "space_id",
            "role",
            "type",
            "title",
            "detail",
        ]);
        let member = (name, inner.clone()).prop_map(|(name, value)| format!("{name:?}:{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..8)
                .prop_map(|items| format!("{{{}}}", items.join(","))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn prop_no_answer_panics(status in 200_u16..600, body in prop_oneof![document(), ".{0,64}"]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Scripted::always(Reply::json(status, &body)).await;
            let client = server.client_with(|config| config.retries = Retries::NONE);
            // Errors are what is expected; a panic would fail the test.
            let _ = client.api_keys().list(ListRequest::new()).await;
            let _ = client.api_keys().create(CreateRequest::new("ci")).await;
            let refresh = RefreshRequest::new("QXBpS2V5OjE=");
            let _ = client.api_keys().refresh(refresh).await;
            let _ = client.users().list(users::ListRequest::new()).await;
            let _ = client.spaces().get("U3BhY2U6MQ==").await;
            let _ = client.organizations().get("main").await;
        });
    }
}
