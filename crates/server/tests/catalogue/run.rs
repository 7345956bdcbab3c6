//! Goes through a section row by row, and tells of every row that is not as the table says, not only of the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::StatusCode;
use claviger_domain::AccountPolicy;
use claviger_server::Options;
use claviger_testkit::{Scanner, TestServer};

use crate::coverage::{Declared, Exchanged};
use crate::expect::{self, Complaints};
use crate::format::{Demotion, Exchange, Row, Section, Step};
use crate::logs;
use crate::placeholders::Placeholders;
use crate::send::{self, Answer, Outcome};
use crate::tenant;

/// Answers that have to be equal, by the name of their group: where the first one came from, and what it said.
type SameAnswers = BTreeMap<String, (String, String)>;

/// Runs every row. Returns what was handed to the router, and which answers the document declares.
pub(crate) async fn section(text: &str) -> (Vec<Exchanged>, Declared) {
    logs::keep();
    let section = Section::parse(text);
    let mut run = Run::of(&section);
    for row in &section.rows {
        run.row(row).await;
    }
    let Run { mut failures, sent, secrets, exchanged, .. } = run;
    let declared = Declared::by(&TestServer::start().await).await;
    let undeclared = declared.undeclared(&exchanged).into_iter();
    failures.extend(undeclared.map(|answer| format!("the OpenAPI document lacks {answer}")));
    let rows = section.rows.len();
    assert!(logs::length() > 0, "nothing was logged, so nothing is known of secrets in the log");
    if secrets.iter().any(|secret| logs::hold(secret)) {
        failures.push("a secret that was sent is in the log".to_owned());
    }
    let (title, failed) = (&section.title, failures.len());
    let list = failures.join("\n");
    assert!(failed == 0, "{title}: {rows} rows, {sent} requests, {failed} failed\n{list}");
    (exchanged, declared)
}

struct Run<'a> {
    section: &'a Section,
    same: SameAnswers,
    failures: Vec<String>,
    secrets: BTreeSet<String>,
    exchanged: Vec<Exchanged>,
    sent: usize,
}

impl<'a> Run<'a> {
    fn of(section: &'a Section) -> Self {
        Self {
            section,
            same: BTreeMap::new(),
            failures: Vec::new(),
            secrets: BTreeSet::new(),
            exchanged: Vec::new(),
            sent: 0,
        }
    }

    async fn row(&mut self, row: &Row) {
        let mut world = None;
        for (number, case) in self.section.exchanges(row).iter().enumerate() {
            let label = format!("{} case {} ({})", row.id, number + 1, row.what);
            if row.fresh_world || world.is_none() {
                world = Some(World::start(row).await);
            }
            if let Some(world) = &mut world {
                self.case(row, &label, world, case).await;
            }
        }
    }

    async fn case(&mut self, row: &Row, label: &str, world: &mut World, case: &Exchange) {
        let before = Exchange::steps(&row.id, &case.before);
        let after = Exchange::steps(&row.id, &case.after);
        self.steps(label, world, &before).await;
        for (number, request) in self.requests(world, case).into_iter().enumerate() {
            if row.fresh_world && number > 0 {
                *world = World::start(row).await;
                self.steps(label, world, &before).await;
            }
            world.names.value = request.values.first().cloned().unwrap_or_default();
            self.exchange(label, world, &request).await;
            if row.fresh_world {
                self.steps(label, world, &after).await;
            }
        }
        if !row.fresh_world {
            self.steps(label, world, &after).await;
        }
    }

    /// The case on each of its routes and with each of its values; every request has at most one value.
    fn requests(&self, world: &World, case: &Exchange) -> Vec<Exchange> {
        let mut values = case.values.clone();
        if let Some(text) = &case.bit_flips_of {
            values.extend(bit_flips(&world.names.fill(&world.server, text)));
        }
        let with = |value: Option<&String>, request: &Exchange| Exchange {
            values: value.into_iter().cloned().collect(),
            ..request.clone()
        };
        let mut requests = Vec::new();
        for request in self.section.on_routes(case) {
            match &values[..] {
                [] => requests.push(with(None, &request)),
                values => requests.extend(values.iter().map(|value| with(Some(value), &request))),
            }
        }
        requests
    }

    async fn steps(&mut self, label: &str, world: &mut World, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Exchange(exchange) => self.exchange(label, world, exchange).await,
                other => world.change(other).await,
            }
        }
    }

    async fn exchange(&mut self, label: &str, world: &mut World, exchange: &Exchange) {
        for _ in 0..exchange.times {
            self.sent += 1;
            let mut complaints = Complaints(Vec::new());
            let outcome = world.send(&mut complaints, exchange).await;
            self.exchanged.extend(outcome.exchanged.clone());
            self.judge(label, world, &mut complaints, exchange, &outcome);
            self.secrets.extend(world.names.secrets());
            if complaints.0.is_empty() {
                continue;
            }
            let parsed = format!("{} {}", exchange.method, exchange.path);
            let raw = exchange.raw.as_ref().map(|raw| format!("{raw:?}"));
            let request = raw.as_ref().unwrap_or(&parsed);
            let answer = outcome.answers.last().map(|answer| (answer.status, &answer.text));
            self.failures.push(format!(
                "{label}: {request} {:?} by {}\n    answered {answer:?}\n    {}",
                world.names.value,
                exchange.caller,
                complaints.0.join("\n    "),
            ));
        }
    }

    fn judge(
        &mut self,
        label: &str,
        world: &mut World,
        complaints: &mut Complaints,
        exchange: &Exchange,
        outcome: &Outcome,
    ) {
        let found: Vec<u16> = outcome.answers.iter().map(|answer| answer.status).collect();
        let expected = match &exchange.answers[..] {
            [] => vec![exchange.status],
            several => several.to_vec(),
        };
        complaints.unless(found == expected, || format!("{found:?} in place of {expected:?}"));
        if exchange.ends_connection() {
            let stays_open = outcome.closed == Some(false);
            complaints.unless(!stays_open, || "the connection stays open".into());
        }
        if !exchange.http2.is_empty() {
            return;
        }
        for answer in &outcome.answers {
            expect::of_every_answer(complaints, answer);
        }
        if let Some(answer) = outcome.answers.last() {
            expect::of_this_answer(complaints, &world.server, &world.names, exchange, answer);
            self.same_as_others(complaints, label, exchange, answer);
            world.save(complaints, exchange, answer);
        }
    }

    fn same_as_others(
        &mut self,
        complaints: &mut Complaints,
        label: &str,
        exchange: &Exchange,
        answer: &Answer,
    ) {
        let Some(group) = &exchange.same_answer else {
            return;
        };
        let said = expect::without_instance(answer);
        let (first, expected) =
            self.same.entry(group.clone()).or_insert_with(|| (label.to_owned(), said.clone()));
        complaints.unless(*expected == said, || format!("{first} was answered {expected}"));
    }
}

/// A server, and what the row has learned of it.
struct World {
    server: TestServer,
    names: Placeholders,
}

impl World {
    async fn start(row: &Row) -> Self {
        let wanted = row.options;
        let set = |options: &mut Options| {
            if let Some(rate) = wanted.mint_rate_per_minute {
                options.mint_rate_per_minute = rate;
            }
            if let Some(rate) = wanted.failure_rate_per_minute {
                options.failure_rate_per_minute = rate;
            }
        };
        let (server, scanner): (_, Option<Arc<Scanner>>) = if wanted.scanner {
            let (server, scanner) = TestServer::with_scanner(set).await;
            (server, Some(scanner))
        } else {
            (TestServer::with(set).await, None)
        };
        Self { server, names: Placeholders::new(scanner) }
    }

    async fn send(&self, complaints: &mut Complaints, exchange: &Exchange) -> Outcome {
        let watched = exchange.nothing_changes
            || exchange.status >= 400
            || exchange.answers.iter().any(|status| *status >= 400);
        // A key in a URL is refused, and that it was there is written down.
        let rows = || self.server.dump_besides("api_key.secret_in_url");
        let before = if watched { rows().await } else { String::new() };
        let calls = self.server.database_calls();
        if exchange.database_down {
            self.server.break_database();
        }
        let outcome = send::send(&self.server, &self.names, exchange).await;
        let calls = self.server.database_calls() - calls;
        if exchange.database_down {
            self.server.mend_database();
        }
        if watched {
            let after = rows().await;
            complaints.unless(before == after, || difference(&before, &after));
        }
        if exchange.no_database_call {
            complaints.unless(calls == 0, || format!("{calls} calls to the store"));
        }
        outcome
    }

    fn save(&mut self, complaints: &mut Complaints, exchange: &Exchange, answer: &Answer) {
        let success = StatusCode::from_u16(answer.status).is_ok_and(|status| status.is_success());
        let document: serde_json::Value = match serde_json::from_str(&answer.text) {
            Ok(document) if success => document,
            _ => return,
        };
        for (name, pointer) in &exchange.save {
            match document.pointer(pointer).and_then(serde_json::Value::as_str) {
                Some(text) => drop(self.names.saved.insert(name.clone(), text.to_owned())),
                None => complaints.0.push(format!("there is no {pointer} to save")),
            }
        }
    }

    /// Carries out a step that is no request.
    async fn change(&mut self, step: &Step) {
        match step {
            Step::Exchange(_) => {}
            Step::Advance(span) => self.server.clock.advance(span.parse().expect("a span of time")),
            Step::Policy(policy) => {
                let lifetime = policy.max_key_lifetime.as_ref().map(|span| span.parse().unwrap());
                let set = |wanted: &mut AccountPolicy| {
                    wanted.max_key_lifetime = lifetime;
                    if let Some(is_on) = policy.derived_expiry_cap {
                        wanted.derived_expiry_cap = is_on;
                    }
                };
                self.server.set_policy(set).await;
            }
            Step::Demote(demotion) => demote(&self.server, demotion),
            Step::Found(size) => {
                let tenant = tenant::found(&self.server, size.organizations, size.spaces).await;
                let saved = &mut self.names.saved;
                saved.insert("key".to_owned(), tenant.key);
                saved.insert("organizations".to_owned(), tenant.organizations);
            }
        }
    }
}

/// Changes roles behind the server's back: no call does.
fn demote(server: &TestServer, demotion: &Demotion) {
    let database = server.database();
    for table in ["space_members", "organization_members"] {
        let statement = format!(
            "UPDATE {table} SET role = ?1 WHERE user_id = (SELECT id FROM users WHERE kind = 'person' AND name = ?2)"
        );
        let changed = database.execute(&statement, [&demotion.to, &demotion.demote]).unwrap();
        assert!(changed > 0, "{demotion:?} changes nothing");
    }
}

/// The lines of the dumps that are not in both.
fn difference(before: &str, after: &str) -> String {
    let only_in = |one: &str, other: &str| -> Vec<String> {
        one.lines().filter(|line| !other.lines().any(|o| o == *line)).map(str::to_owned).collect()
    };
    format!(
        "rows are gone {:#?}, rows are new {:#?}",
        only_in(before, after),
        only_in(after, before)
    )
}

/// The text with each of its bits turned over in turn, percent-encoded.
fn bit_flips(text: &[u8]) -> Vec<String> {
    let flipped = |bit: usize| {
        let mut bytes = text.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let escaped: Vec<String> = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        escaped.concat()
    };
    (0..text.len() * 8).map(flipped).collect()
}
