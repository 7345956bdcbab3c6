//! Writes results as Markdown into a document.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::creates::{self, Creates};
use crate::figures::Spread;
use crate::lists::{Lists, Pages};
use crate::load::Load;
use crate::machine::Machine;
use crate::{Extent, FEW_KEYS, starts};

const BEGIN: &str = "<!-- results: written by scripts/bench -->\n";
/// From how many percent of the processors on others spoil the figures; the kernel's own threads for the disk need some.
const BUSY: f64 = 15.0;
const END: &str = "<!-- end of results -->";

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Results {
    pub machine: Machine,
    pub extent: Extent,
    pub binary_bytes: u64,
    pub starts: Vec<starts::Round>,
    pub lists: Lists,
    pub creates: Creates,
}

/// Prints what is being measured.
#[expect(clippy::print_stderr, reason = "a command line tool says how far it is")]
pub(crate) fn progress(what: &str) {
    eprintln!("{what}");
}

/// Puts the results between the marks of a document.
pub(crate) fn write(document: &Path, results: &Results) -> anyhow::Result<()> {
    write_between(document, BEGIN, END, &markdown(results)?)
}

/// Puts a text between two marks of a document.
pub(crate) fn write_between(
    document: &Path,
    begin: &str,
    end: &str,
    results: &str,
) -> anyhow::Result<()> {
    let text = fs::read_to_string(document)?;
    let text = replaced(&text, begin, end, results).context("the document has no marks")?;
    fs::write(document, text)?;
    Ok(())
}

fn replaced(document: &str, begin: &str, end: &str, results: &str) -> Option<String> {
    let (before, rest) = document.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some([before, begin, "\n", results, "\n", end, after].concat())
}

fn markdown(results: &Results) -> anyhow::Result<String> {
    let mut text = String::new();
    machine(&mut text, results)?;
    text.push_str("\n### What is promised\n\n");
    promises(&mut text, results)?;
    text.push_str("\n### Creating keys\n\n");
    loads(&mut text, results)?;
    text.push_str("\n### List pages\n\n");
    pages(&mut text, results)?;
    text.push_str("\n### Start-up, memory, size\n\n");
    sizes(&mut text, results)?;
    Ok(text)
}

fn machine(text: &mut String, results: &Results) -> std::fmt::Result {
    let Machine { cores, processor, memory_gib, kernel, file_system } = &results.machine;
    let Extent { rounds, seconds, .. } = results.extent;
    writeln!(
        text,
        "Measured on {cores} cores ({processor}), {memory_gib:.0} GiB of memory, Linux {kernel}, {file_system}; server and clients on \
         the same cores. {rounds} rounds, loads of {seconds} s: median (least–most)."
    )
}

/// A ratio, and the bound that its median has to keep.
struct Promise {
    what: String,
    ratio: Spread,
    bound: Bound,
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Promise {
    fn line(&self) -> String {
        let (bound, kept) = match self.bound {
            Bound::AtLeast(bound) => (format!("at least {bound}"), self.ratio.median >= bound),
            Bound::AtMost(bound) => (format!("at most {bound}"), self.ratio.median <= bound),
        };
        let kept = if kept { "kept" } else { "**missed**" };
        format!("| {} | {bound} | {} | {kept} |\n", self.what, self.ratio.text(2))
    }
}

fn promises(text: &mut String, results: &Results) -> std::fmt::Result {
    let many = thousands(results.extent.keys);
    let rounds = &results.creates.rounds;
    let ratio = |place: usize, other: &dyn Fn(&creates::Round) -> f64| {
        Spread::over(rounds, |round| round.loads[place].0.rate / other(round))
    };
    let mut promises = vec![
        Promise {
            what: "64 clients creating keys, to the disk's overwrites".to_owned(),
            ratio: ratio(2, &|round| round.loads[2].1),
            bound: Bound::AtLeast(2.5),
        },
        Promise {
            what: "64 clients creating keys, to one".to_owned(),
            ratio: ratio(2, &|round| round.loads[0].0.rate),
            bound: Bound::AtLeast(4.0),
        },
    ];
    for (pages, rounds) in &results.lists {
        promises.push(Promise {
            what: format!("{}, {many} keys to {}", name(*pages), thousands(FEW_KEYS)),
            ratio: Spread::over(rounds, |round| round.many_ms / round.few_ms),
            bound: Bound::AtMost(1.3),
        });
    }
    promises.push(Promise {
        what: format!("start-up, {many} keys to none"),
        ratio: Spread::over(&results.starts, |round| round.many.ms / round.none.ms),
        bound: Bound::AtMost(2.0),
    });
    writeln!(text, "| ratio | promised | measured | |\n|---|---|---|---|")?;
    promises.iter().try_for_each(|promise| text.write_str(&promise.line()))
}

fn loads(text: &mut String, results: &Results) -> std::fmt::Result {
    let rounds = &results.creates.rounds;
    let overwrites = Spread::over(rounds, |round| {
        let probes = round.loads.iter().map(|(_, overwrites)| overwrites);
        probes.sum::<f64>() / crate::figures::figure(round.loads.len())
    });
    let appends = Spread::over(rounds, |round| round.appends);
    writeln!(
        text,
        "The disk: {} overwrites of 4 KiB with `fdatasync` a second, {} appends of 4 KiB with `fsync`.\n",
        overwrites.text(0),
        appends.text(0),
    )?;
    writeln!(
        text,
        "| clients | keys there before | keys/s | to overwrites | to appends | p50 ms | p99 ms | server µs | of it writer µs | clients µs |\n\
         |---|---|---|---|---|---|---|---|---|---|"
    )?;
    for (place, (clients, has_many)) in creates::LOADS.into_iter().enumerate() {
        let of = |figure: &dyn Fn(&Load) -> f64| {
            Spread::over(rounds, |round| figure(&round.loads[place].0))
        };
        let to_overwrites =
            Spread::over(rounds, |round| round.loads[place].0.rate / round.loads[place].1);
        let to_appends = Spread::over(rounds, |round| round.loads[place].0.rate / round.appends);
        let before = if has_many { results.extent.keys } else { 0 };
        writeln!(
            text,
            "| {clients} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            thousands(before),
            of(&|load| load.rate).text(0),
            to_overwrites.text(2),
            to_appends.text(2),
            of(&|load| load.latencies.percentile(50)).text(2),
            of(&|load| load.latencies.percentile(99)).text(2),
            of(&|load| load.server_us).text(1),
            of(&|load| load.writer_us).text(1),
            of(&|load| load.client_us).text(1),
        )?;
    }
    let loads = rounds.iter().flat_map(|round| &round.loads);
    let others: Vec<_> = loads.map(|(load, _)| load.others * 100.0).collect();
    let others = Spread::over(&others, |share| *share);
    if others.median > BUSY {
        writeln!(text, "\n**Others were at work: these figures are worth little.**")?;
    }
    writeln!(
        text,
        "\nµs are CPU time for one request. Neither server nor clients used {} % of the processors. The installation without keys had {:.0} thousand at the end.",
        others.text(0),
        results.creates.made_thousands()
    )
}

fn pages(text: &mut String, results: &Results) -> std::fmt::Result {
    writeln!(
        text,
        "| page of 50 | {} keys, p50 ms | {} keys, p50 ms | ratio |\n|---|---|---|---|",
        thousands(FEW_KEYS),
        thousands(results.extent.keys)
    )?;
    for (pages, rounds) in &results.lists {
        writeln!(
            text,
            "| {} | {} | {} | {} |",
            name(*pages),
            Spread::over(rounds, |round| round.few_ms).text(3),
            Spread::over(rounds, |round| round.many_ms).text(3),
            Spread::over(rounds, |round| round.many_ms / round.few_ms).text(2),
        )?;
    }
    Ok(())
}

fn name(pages: Pages) -> &'static str {
    match pages {
        Pages::FirstOfOwn => "first page of one's user keys",
        Pages::InsideOwn => "a page in the middle of one's user keys",
        Pages::FirstOfSpace => "first page of a space's service keys",
        Pages::InsideSpace => "a page in the middle of a space's service keys",
    }
}

fn sizes(text: &mut String, results: &Results) -> std::fmt::Result {
    let starts = &results.starts;
    let of =
        |figure: &dyn Fn(&starts::Round) -> f64, digits| Spread::over(starts, figure).text(digits);
    writeln!(text, "| | no keys | {} keys |\n|---|---|---|", thousands(results.extent.keys))?;
    writeln!(
        text,
        "| start-up, ms | {} | {} |",
        of(&|round| round.none.ms, 1),
        of(&|round| round.many.ms, 1)
    )?;
    writeln!(
        text,
        "| memory when ready, MiB | {} | {} |",
        of(&|round| round.none.resident_mib, 1),
        of(&|round| round.many.resident_mib, 1)
    )?;
    writeln!(
        text,
        "\nMemory after the {:.0} thousand creations: {:.0} MiB. The binary: {} KiB.",
        results.creates.made_thousands(),
        results.creates.resident_mib,
        thousands(u32::try_from(results.binary_bytes / 1024).unwrap_or(u32::MAX)),
    )
}

/// A number with its thousands apart.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_replace_what_is_between_the_marks_and_nothing_else() {
        let document = [BEGIN, "old", END, " after"].concat();
        let document = ["before ", &document].concat();
        let text = replaced(&document, BEGIN, END, "new").unwrap();
        assert_eq!(text, ["before ", BEGIN, "\nnew\n", END, " after"].concat());
        assert_eq!(replaced(&text, BEGIN, END, "new").unwrap(), text);
        assert_eq!(replaced("no marks", BEGIN, END, "new"), None);
    }

    #[test]
    fn a_promise_is_judged_by_its_median() {
        let promise = |bound| Promise {
            what: "x".to_owned(),
            ratio: Spread::over(&[1.0, 2.0, 3.0], |figure| *figure),
            bound,
        };
        let of_two = [Bound::AtLeast(2.0), Bound::AtMost(2.0)];
        let of_others = [Bound::AtLeast(2.5), Bound::AtMost(1.5)];
        assert!(of_two.map(|bound| promise(bound).line().contains("kept")) == [true; 2]);
        assert!(of_others.map(|bound| promise(bound).line().contains("missed")) == [true; 2]);
    }

    #[test]
    fn thousands_are_apart() {
        let numbers = [0, 999, 1_000, 25_000, 1_000_000].map(thousands);
        assert_eq!(numbers, ["0", "999", "1,000", "25,000", "1,000,000"]);
    }
}
