//! How the tables are written: one TOML file for each section, one `[[row]]` for each line of the catalogue.
//!
//! Rule: a word that the format does not know is an error, so that a misspelled expectation cannot pass for a fulfilled one.
//!
//! | in a row | meaning |
//! |---|---|
//! | `id`, `what` | the row's name in the catalogue, and one line for the reader |
//! | `note`, `overrides` | what a reader should know; why a higher document decides otherwise than the catalogue |
//! | `covered_by` | `"test in file"`: another test shows this row; the runner checks that it exists |
//! | `not_applicable` | the reason why there is nothing to send |
//! | `options` | settings of the server, such as `mint_rate_per_minute = 3` |
//! | `fresh_world` | every case, route and value meets a new server; otherwise they share the row's |
//! | `cases` | several requests: each replaces some words of the row |
//! | anything else | a word of [`Exchange`] |
//!
//! `[defaults]` are words that every row of the file starts from; `route`s are where rows with `every_route` are sent.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Table;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    /// What the section is about.
    pub(crate) title: String,
    /// Words that every row starts from.
    #[serde(default)]
    pub(crate) defaults: Table,
    /// Where rows with `every_route` are sent.
    #[serde(default, rename = "route")]
    pub(crate) routes: Vec<Table>,
    /// The table itself.
    #[serde(rename = "row")]
    pub(crate) rows: Vec<Row>,
}

/// One line of the catalogue.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) note: Option<String>,
    pub(crate) overrides: Option<String>,
    #[serde(default)]
    pub(crate) covered_by: Vec<String>,
    pub(crate) not_applicable: Option<String>,
    #[serde(default)]
    pub(crate) options: Options,
    #[serde(default)]
    pub(crate) fresh_world: bool,
    #[serde(default)]
    cases: Vec<Table>,
    #[serde(flatten)]
    words: Table,
}

/// Settings of the server that a row needs.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    pub(crate) mint_rate_per_minute: Option<u32>,
    pub(crate) failure_rate_per_minute: Option<u32>,
    /// Whether the server takes reports of a scanner, which signs with `is_signed`. It then sends no mail.
    pub(crate) scanner: bool,
}

/// What is sent, and what has to come back. Every text may hold placeholders, see [`crate::placeholders`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that a table may say or not")]
pub(crate) struct Exchange {
    /// The request's method.
    pub(crate) method: String,
    /// The request's path, and its query if it has one.
    pub(crate) path: String,
    /// Added to the path behind `?`: for rows that are sent to every route.
    pub(crate) query: Option<String>,
    /// Whose key is sent as a bearer token; `nobody` for none.
    pub(crate) caller: String,
    /// The whole value of `Authorization`, in place of the caller's.
    pub(crate) authorization: Option<String>,
    /// Further header lines, `Name: value`.
    pub(crate) headers: Vec<String>,
    /// What is said of the body, if there is one; `none` for nothing.
    pub(crate) content_type: String,
    pub(crate) body: Option<String>,
    /// `socket` for a connection of its own; otherwise the request is handed to the router.
    pub(crate) over: Option<String>,
    /// The bytes for a connection, in place of everything above.
    pub(crate) raw: Option<String>,
    /// Sent after `raw` again and again until the server answers.
    pub(crate) raw_endless: Option<String>,
    /// An HTTP/2 request: header lines as they are encoded, in place of everything above.
    pub(crate) http2: Vec<String>,
    /// The payload of the HTTP/2 request.
    pub(crate) http2_data: Option<String>,
    /// The same exchange for each of these, which stand for `{value}`.
    pub(crate) values: Vec<String>,
    /// The same exchange for this text with each of its bits turned over, percent-encoded, as `{value}`.
    pub(crate) bit_flips_of: Option<String>,
    /// The same exchange on every route of the section.
    pub(crate) every_route: bool,
    /// The same exchange on every route of the section that has a body.
    pub(crate) every_route_with_body: bool,
    /// Send it so many times in a row, each with the same answer.
    pub(crate) times: u32,
    /// The store is out of reach while this is sent.
    pub(crate) database_down: bool,
    /// Whether the scanner signs the body.
    pub(crate) is_signed: bool,

    /// The status of the answer.
    pub(crate) status: u16,
    /// The statuses on a connection, where there is more than one answer. The connection is closed after the last.
    pub(crate) answers: Vec<u16>,
    /// Whether the server leaves the connection open after the last answer.
    pub(crate) stays_open: bool,
    /// Headers of the answer: the exact value, or one of the words of [`crate::expect`].
    pub(crate) answer_headers: BTreeMap<String, String>,
    /// Members of the answer, by JSON pointer.
    pub(crate) answer: BTreeMap<String, toml::Value>,
    /// JSON pointers to what the answer must not have.
    pub(crate) answer_lacks: Vec<String>,
    /// An element that a list of the answer must have, each list by JSON pointer: a JSON object, whose members the element has.
    pub(crate) answer_has: BTreeMap<String, String>,
    /// Texts that the answer must not hold.
    pub(crate) never_says: Vec<String>,
    /// All answers of the section with this name are equal to the last byte, apart from `instance`.
    pub(crate) same_answer: Option<String>,
    /// The answer is given without asking the store.
    pub(crate) no_database_call: bool,
    /// Every table stays as it was. Always so for refusals.
    pub(crate) nothing_changes: bool,
    /// Members of the answer that later texts call `{saved:…}`, by JSON pointer.
    pub(crate) save: BTreeMap<String, String>,

    /// What happens first.
    pub(crate) before: Vec<Table>,
    /// What has to hold afterwards.
    pub(crate) after: Vec<Table>,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            path: "/v2/api-keys".into(),
            query: None,
            caller: "member".into(),
            authorization: None,
            headers: Vec::new(),
            content_type: "application/json".into(),
            body: None,
            over: None,
            raw: None,
            raw_endless: None,
            http2: Vec::new(),
            http2_data: None,
            values: Vec::new(),
            bit_flips_of: None,
            every_route: false,
            every_route_with_body: false,
            times: 1,
            database_down: false,
            is_signed: false,
            status: 200,
            answers: Vec::new(),
            stays_open: false,
            answer_headers: BTreeMap::new(),
            answer: BTreeMap::new(),
            answer_lacks: Vec::new(),
            answer_has: BTreeMap::new(),
            never_says: Vec::new(),
            same_answer: None,
            no_database_call: false,
            nothing_changes: false,
            save: BTreeMap::new(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }
}

/// Something that happens before or after a row's own request.
#[derive(Debug)]
pub(crate) enum Step {
    /// A request with its answer.
    Exchange(Box<Exchange>),
    /// `advance = "60s"`: time passes.
    Advance(String),
    /// `policy = { … }`: the account's administrator sets a policy.
    Policy(Policy),
    /// `demote = "member"`, `to = "read_only"`: somebody's roles in organizations and spaces are changed.
    Demote(Demotion),
    /// `found = { organizations = 100, spaces = 100 }`: another tenant with so many spaces in each of so many organizations.
    /// `{saved:key}` is its administrator's, `{saved:organizations}` is all of it as a body lists it.
    Found(Tenant),
}

/// The words of a policy.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    /// As a span of time, such as `720h`.
    pub(crate) max_key_lifetime: Option<String>,
    /// Whether keys end at the latest when the key does that they were made with; the default if it is left out.
    pub(crate) derived_expiry_cap: Option<bool>,
}

/// Whose role becomes which one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Demotion {
    pub(crate) demote: String,
    pub(crate) to: String,
}

/// How large a tenant is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tenant {
    pub(crate) organizations: usize,
    pub(crate) spaces: usize,
}

impl Section {
    pub(crate) fn parse(text: &str) -> Self {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The requests of a row, with the section's defaults and the row's own words filled in. None if other tests cover it.
    pub(crate) fn exchanges(&self, row: &Row) -> Vec<Exchange> {
        let elsewhere = !row.covered_by.is_empty() || row.not_applicable.is_some();
        if elsewhere && row.words.is_empty() && row.cases.is_empty() {
            return Vec::new();
        }
        assert!(!row.words.is_empty() || !row.cases.is_empty(), "{}: nothing to send", row.id);
        let whole = [Table::new()];
        let cases = if row.cases.is_empty() { &whole[..] } else { &row.cases[..] };
        let merged = |case| exchange(&row.id, [&self.defaults, &row.words, case]);
        cases.iter().map(merged).collect()
    }

    /// The same exchange as it is sent to each route; itself if it is for one only.
    pub(crate) fn on_routes(&self, exchange: &Exchange) -> Vec<Exchange> {
        if !exchange.every_route && !exchange.every_route_with_body {
            return vec![exchange.clone()];
        }
        assert!(!self.routes.is_empty(), "`every_route`, but the section has no routes");
        let on = |route: &Table| {
            let text = |word: &str| Some(route.get(word)?.as_str()?.to_owned());
            Exchange {
                method: text("method").unwrap_or_default(),
                path: text("path").unwrap_or_default(),
                query: exchange.query.clone().or_else(|| text("query")),
                body: exchange.body.clone().or_else(|| text("body")),
                ..exchange.clone()
            }
        };
        let wanted = |route: &&Table| exchange.every_route || route.contains_key("body");
        self.routes.iter().filter(wanted).map(on).collect()
    }
}

impl Exchange {
    /// Whether the server has to close the connection: after a list of answers, and after refusing raw bytes.
    pub(crate) fn ends_connection(&self) -> bool {
        let refused = self.raw.is_some() && self.status >= 400;
        !self.stays_open && (!self.answers.is_empty() || refused)
    }

    /// The steps before or after a request.
    pub(crate) fn steps(row: &str, steps: &[Table]) -> Vec<Step> {
        steps.iter().map(|step| Step::parse(row, step)).collect()
    }
}

impl Step {
    fn parse(row: &str, step: &Table) -> Self {
        let wrong = |error: toml::de::Error| -> Step { panic!("{row}: {error} in {step}") };
        if let Some(span) = step.get("advance") {
            return Self::Advance(span.as_str().unwrap_or_default().to_owned());
        }
        if let Some(policy) = step.get("policy") {
            return policy.clone().try_into().map_or_else(wrong, Self::Policy);
        }
        if let Some(tenant) = step.get("found") {
            return tenant.clone().try_into().map_or_else(wrong, Self::Found);
        }
        if step.contains_key("demote") {
            return step.clone().try_into().map_or_else(wrong, Self::Demote);
        }
        Self::Exchange(Box::new(exchange(row, [step])))
    }
}

/// Later tables replace the words of earlier ones.
fn exchange<'a>(row: &str, tables: impl IntoIterator<Item = &'a Table>) -> Exchange {
    let mut merged = Table::new();
    for table in tables {
        merged.extend(table.clone());
    }
    merged.try_into().unwrap_or_else(|error| panic!("{row}: {error}"))
}
