//! `/auth/v1/verify`: verifying keys that others were shown.
//!
//! Rule: the presented key is in no error, log or trace, and no answer says more of a key that is not accepted than its code.

use claviger_domain::{ApiKeyId, KeyText};
use claviger_store::{Question, Verified, VerifyKey, VerifyKeys};

use super::wire::verify::{
    BatchResultView, RefusedItemView, VerificationView, VerificationsView, VerifyBatchBody,
    VerifyBody,
};
use crate::faces::prelude::*;
use crate::problem::Problem;
use crate::wire::View as _;

/// The path of several keys.
const BATCH: &str = "/auth/v1/verify/batch";

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify)).routes(routes!(verify_batch))
}

/// Verify a key
///
/// For servers that were shown a key and must decide whether to accept it. You need `KEY_VERIFY` in the place that you ask about; without
/// `KEY_VERIFY_REASON` there, you are not told why a key is not accepted. A key of another account is not found. The response is 200 whatever
/// comes of the key.
#[utoipa::path(
    post, path = "/auth/v1/verify", tag = "verify", operation_id = "verifyKey",
    request_body = VerifyBody,
    responses(
        (status = 200, description = "What comes of the key", body = VerificationView),
        (status = 403, description = "Not allowed there"),
        (status = 404, description = "No such organization, space or project, or not visible to you"),
        (status = 422, description = "Several places have the name"),
    ),
)]
async fn verify(
    Input { client, body: question, .. }: Input<(), (), VerifyBody>,
) -> Result<Json<VerificationView>> {
    let presented = question.key.clone();
    let verification = client.execute(VerifyKey(question)).await?;
    note(&client.app, verification.caller, presented.as_ref(), &verification.answer);
    Ok(client.json(verification.answer))
}

/// Verify several keys
///
/// Up to 1,000 keys at one moment. The results are in the order of the items. What is wrong with an item is in the `error` of its result, and
/// changes nothing for the others.
#[utoipa::path(
    post, path = BATCH, tag = "verify", operation_id = "verifyKeys",
    request_body = VerifyBatchBody,
    responses((status = 200, description = "What comes of each key", body = VerificationsView)),
)]
async fn verify_batch(
    Input { client, body: items, .. }: Input<(), (), VerifyBatchBody>,
) -> Result<Json<VerificationsView>> {
    let questions: Vec<Question> = items.iter().flatten().cloned().collect();
    let verification = client.execute(VerifyKeys(questions)).await?;
    let mut answers = verification.answer.into_iter();
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        let (question, answer) = match item {
            Err(problem) => {
                results.push(refused(problem));
                continue;
            }
            Ok(question) => match answers.next() {
                Some(answer) => (question, answer),
                None => return Err(ApiError::unavailable("a key was not verified")),
            },
        };
        results.push(match answer {
            Ok(verified) => {
                note(&client.app, verification.caller, question.key.as_ref(), &verified);
                BatchResultView::Verified(VerificationView::of(client.format(), verified))
            }
            Err(error) => refused(ApiError::from(error).into_problem()),
        });
    }
    Ok(Json(VerificationsView { results }))
}

fn refused(problem: Problem) -> BatchResultView {
    BatchResultView::Refused(RefusedItemView { error: problem.at(BATCH) })
}

/// Counts a key that was looked up: those that are not accepted are limited for each caller.
fn note(app: &App, caller: ApiKeyId, presented: Option<&KeyText>, verified: &Verified) {
    if let (Some(key), Some(is_accepted)) = (presented, verified.is_accepted) {
        app.quotas.note_presented(caller, key, is_accepted);
    }
}
