//! `claviger audit list`.

use std::collections::{BTreeSet, HashMap};

use arize::Client;
use arize::audit_logs::{AuditLog, ListRequest};
use futures_util::{StreamExt as _, stream};

use super::{collect, page_size};
use crate::args::AuditList;
use crate::output::audit::{self, Described};
use crate::output::records;

/// How many names are looked up at once, and at most.
const AT_ONCE: usize = 8;
const MOST_NAMES: usize = 200;

pub(super) async fn run(args: AuditList, client: &Client) -> anyhow::Result<()> {
    let mut request = ListRequest::new();
    (request.start_time, request.end_time) = (args.start, args.end);
    (request.user, request.operation_names) = (args.user, args.operation);
    request.limit = page_size(&args.window);
    let json = args.common.json;
    let (logs, has_more) = collect(&args.window, client.audit_logs().list_all(request)).await?;
    let names = if json { HashMap::new() } else { names(&logs, client).await };
    let name = |id: Option<&String>| id.and_then(|id| names.get(id)).cloned();
    let described: Vec<_> = logs
        .into_iter()
        .map(|log| {
            let target = audit::target(&log).and_then(|(_, id)| id);
            Described { who: name(log.user_id.as_ref()), target: name(target.as_ref()), log }
        })
        .collect();
    records::list("logs", &described, has_more, json)
}

/// The names of users and targets, by id. What is gone, or not visible, keeps its id.
async fn names(logs: &[AuditLog], client: &Client) -> HashMap<String, String> {
    let users = logs.iter().filter_map(|log| log.user_id.clone());
    let mut wanted: BTreeSet<_> = users.map(|id| ("user".to_owned(), id)).collect();
    let targets = logs.iter().filter_map(audit::target);
    wanted.extend(targets.filter_map(|(kind, id)| Some((kind, id?))));
    let wanted = wanted.into_iter().filter(|(_, id)| !id.is_empty()).take(MOST_NAMES);
    stream::iter(wanted)
        .map(async |(kind, id)| {
            let name = name(&kind, &id, client).await?;
            Some((id, name))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |found| found)
        .collect()
        .await
}

async fn name(kind: &str, id: &str, client: &Client) -> Option<String> {
    match kind {
        "user" => client.users().get(id).await.ok().map(|user| user.email),
        "organization" => client.organizations().get(id).await.ok().map(|found| found.name),
        "space" => client.spaces().get(id).await.ok().map(|space| space.name),
        "project" => client.projects().get(id).await.ok().map(|project| project.name),
        "role" => client.roles().get(id).await.ok().map(|role| role.name),
        _ => None,
    }
}
