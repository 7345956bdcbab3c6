//! The bad-input catalogue: what the server answers to every wrong request that we could think of, as tables.
//!
//! Each section is a TOML file beside this one, made to be read without this code; [`format`](mod@format) says how. A row that
//! fails is reported with what was sent and answered, and the rows after it still run.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod coverage;
mod expect;
mod format;
mod http2;
mod logs;
mod placeholders;
mod run;
mod send;
mod socket;
mod tenant;

use std::path::Path;

use crate::format::Section;

/// The catalogue's sections: their letter, how many rows they have, and the table.
const SECTIONS: [(char, usize, &str); 9] = [
    ('A', 21, include_str!("authorization.toml")),
    ('L', 24, include_str!("list.toml")),
    ('C', 37, include_str!("user_keys.toml")),
    ('J', 16, include_str!("bodies.toml")),
    ('V', 24, include_str!("service_keys.toml")),
    ('R', 24, include_str!("refresh.toml")),
    ('D', 13, include_str!("revoke.toml")),
    ('H', 18, include_str!("raw_http.toml")),
    ('O', 17, include_str!("operations.toml")),
];

/// Any number of spaces may be behind the scheme (RFC 9110 §11.4; fault S8), among others.
#[tokio::test]
async fn authorization() {
    run::section(SECTIONS[0].2).await;
}

#[tokio::test]
async fn list() {
    run::section(SECTIONS[1].2).await;
}

#[tokio::test]
async fn user_keys() {
    run::section(SECTIONS[2].2).await;
}

#[tokio::test]
async fn bodies() {
    run::section(SECTIONS[3].2).await;
}

#[tokio::test]
async fn service_keys() {
    run::section(SECTIONS[4].2).await;
}

#[tokio::test]
async fn refresh() {
    run::section(SECTIONS[5].2).await;
}

#[tokio::test]
async fn revoke() {
    run::section(SECTIONS[6].2).await;
}

#[tokio::test]
async fn raw_http() {
    run::section(SECTIONS[7].2).await;
}

#[test]
fn catalogue_has_every_row() {
    for (letter, count, text) in SECTIONS {
        let section = Section::parse(text);
        let present: Vec<&str> = section.rows.iter().map(|row| row.id.as_str()).collect();
        let expected: Vec<String> = (1..=count).map(|row| format!("{letter}-{row:02}")).collect();
        assert_eq!(present, expected, "{}", section.title);
    }
}

/// What the operations of the OpenAPI document answer, each with every status that it declares.
#[tokio::test]
async fn catalogue_covers_openapi() {
    let (exchanged, declared) = run::section(SECTIONS[8].2).await;
    let missing = declared.missing(&exchanged);
    assert!(missing.is_empty(), "{} are never answered:\n{}", missing.len(), missing.join("\n"));
}

/// Every row sends something, or says which test shows it, or why there is nothing to show.
#[test]
fn every_row_is_shown_somewhere() {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (_, _, text) in SECTIONS {
        let section = Section::parse(text);
        for row in &section.rows {
            let sends = !section.exchanges(row).is_empty();
            let elsewhere = !row.covered_by.is_empty() || row.not_applicable.is_some();
            assert!(sends || elsewhere, "{} shows nothing", row.id);
            for claim in &row.covered_by {
                let (test, file) = claim.split_once(" in ").expect("`test in file`");
                let source = std::fs::read_to_string(crate_root.join(file))
                    .unwrap_or_else(|error| panic!("{}: {file}: {error}", row.id));
                let exists = source.contains(&format!("fn {test}("));
                assert!(exists, "{}: there is no {test} in {file}", row.id);
            }
        }
    }
}

/// Notes are for people: whole sentences.
#[test]
fn notes_are_sentences() {
    for (_, _, text) in SECTIONS {
        for row in &Section::parse(text).rows {
            for words in [&row.note, &row.overrides, &row.not_applicable].into_iter().flatten() {
                assert!(words.ends_with('.'), "{}: {words}", row.id);
            }
        }
    }
}
