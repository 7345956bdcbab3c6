//! Whether the time of a refusal tells why a key was refused: Welch's t-test between the ways in which a key can be wrong.
//!
//! Rule: classes are measured in turns, in an order that is drawn anew for each turn, so that what the machine does beside falls on all
//! of them alike. The machine's pauses hide small differences, so the test is also made without the slowest tenth of all requests.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use axum::body::Body;
use axum::http::{Request, header};
use claviger_domain::{Entropy as _, KeyText, KeyType, MintedKey};
use claviger_testkit::TestServer;

use crate::figures::figure;
use crate::machine::Machine;
use crate::report::{self, progress};

/// Turns before those that count.
const WARM_UP: usize = 500;
/// From this on, two classes differ in time by more than chance explains.
const BOUND: f64 = 4.5;
const BEGIN: &str = "<!-- timing: written by scripts/bench timing -->\n";
const END: &str = "<!-- end of timing -->";

/// A way in which a key can be wrong, and how long the refusals took, in nanoseconds.
struct Class {
    name: &'static str,
    key: String,
    samples: Vec<f64>,
}

/// Measures so many requests of each class, and writes the result into a document: `timing_classes_ttest`.
pub(crate) async fn measure(
    directory: &Path,
    document: &Path,
    samples: usize,
) -> anyhow::Result<()> {
    let machine = Machine::look_at(directory)?;
    let server = TestServer::start().await;
    let mut classes = classes(&server)?;
    for turn in 0..WARM_UP + samples {
        shuffle(&server, &mut classes)?;
        for class in &mut classes {
            let nanoseconds = refusal(&server, &class.key).await?;
            if turn >= WARM_UP {
                class.samples.push(nanoseconds);
            }
        }
    }
    classes.sort_by_key(|class| class.name);
    let text = markdown(&machine, &classes, samples)?;
    progress(&text);
    report::write_between(document, BEGIN, END, &text)
}

fn classes(server: &TestServer) -> anyhow::Result<Vec<Class>> {
    let parsed = |name: &str| KeyText::parse(server.world.key(name)).context("a malformed key");
    let unknown =
        MintedKey::generate(KeyType::User, server.store.installation().tag, &*server.entropy)?;
    let wrong =
        MintedKey { text: KeyText { secret: parsed("other")?.secret, ..parsed("member")? } };
    let keys = [
        ("expired", server.world.key("expired").to_owned()),
        ("revoked", server.world.key("revoked").to_owned()),
        ("unknown id", unknown.reveal()),
        ("wrong secret", wrong.reveal()),
    ];
    Ok(keys.map(|(name, key)| Class { name, key, samples: Vec::new() }).into())
}

/// Fisher and Yates.
fn shuffle(server: &TestServer, classes: &mut [Class]) -> anyhow::Result<()> {
    for last in (1..classes.len()).rev() {
        let mut drawn = [0; 8];
        server.entropy.fill(&mut drawn)?;
        classes.swap(last, usize::from(drawn[0]) % (last + 1));
    }
    Ok(())
}

/// How long the router takes to refuse a key, in nanoseconds.
async fn refusal(server: &TestServer, key: &str) -> anyhow::Result<f64> {
    let request = Request::get("/v2/api-keys")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::empty())?;
    let started = Instant::now();
    let answer = server.send(request).await;
    let took = started.elapsed();
    ensure!(answer.status == 401, "a key that should be refused is answered {}", answer.status);
    Ok(took.as_secs_f64() * 1e9)
}

fn markdown(machine: &Machine, classes: &[Class], samples: usize) -> anyhow::Result<String> {
    let mut all: Vec<f64> = classes.iter().flat_map(|class| class.samples.clone()).collect();
    all.sort_by(f64::total_cmp);
    let slow = *all.get(all.len() * 9 / 10).context("nothing was measured")?;
    let quick = |class: &Class| -> Vec<f64> {
        class.samples.iter().copied().filter(|sample| *sample < slow).collect()
    };
    let build = if cfg!(debug_assertions) { "an unoptimized build" } else { "the release build" };
    let mut text = format!(
        "{samples} requests of each class to {build}, on {} cores ({}).\n\n| classes | difference of means, µs | t | without the slowest tenth, µs | \
         t | |\n|---|---|---|---|---|---|\n",
        machine.cores, machine.processor
    );
    for (place, one) in classes.iter().enumerate() {
        for other in classes.iter().skip(place + 1) {
            let (difference, t) = welch(&one.samples, &other.samples);
            let (quick_difference, quick_t) = welch(&quick(one), &quick(other));
            let verdict = if t.abs().max(quick_t.abs()) < BOUND { "alike" } else { "**apart**" };
            writeln!(
                text,
                "| {}, {} | {:.2} | {t:.1} | {:.2} | {quick_t:.1} | {verdict} |",
                one.name,
                other.name,
                difference / 1e3,
                quick_difference / 1e3,
            )?;
        }
    }
    Ok(text)
}

/// The difference of the means of two samples, and Welch's t.
fn welch(one: &[f64], other: &[f64]) -> (f64, f64) {
    let (first, second) = (Moments::of(one), Moments::of(other));
    let difference = first.mean - second.mean;
    (difference, difference / (first.variance_of_mean + second.variance_of_mean).sqrt())
}

struct Moments {
    mean: f64,
    variance_of_mean: f64,
}

impl Moments {
    fn of(samples: &[f64]) -> Self {
        let count = figure(samples.len());
        let mean = samples.iter().sum::<f64>() / count;
        let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
        Self { mean, variance_of_mean: squares / (count - 1.0) / count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_is_that_of_welch() {
        let one = [2.0, 4.0, 6.0];
        let other = [1.0, 2.0, 3.0];
        let (difference, t) = welch(&one, &other);
        // Variances 4 and 1, three samples each: 2 / sqrt(4/3 + 1/3).
        assert_eq!(format!("{difference:.3} {t:.3}"), "2.000 1.549");
    }
}
