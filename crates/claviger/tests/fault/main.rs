//! What happens to acknowledged writes when the server dies: by `kill -9`, and by loss of power; and when its disk
//! is full.
//!
//! 32 clients create, refresh, revoke and verify keys, and keep a history of what they sent and were answered. The server is killed
//! under them, restarted, and held to the history: nothing that was acknowledged is lost, nothing that was revoked works again.
//! `kill -9` alone cannot lose a write that the system has taken, synced or not, so the same rounds run on a disk that forgets
//! what was not synced, and that disk is shown to forget.
//!
//! Rule: nothing here is judged by the clock (fault T1). A busy machine makes a run longer, never wrong; the one bound is [`HANG`], which
//! only a program that hangs meets. How long a start takes is a figure of `scripts/bench`.
//!
//! `CLAVIGER_FAULT_POINTS` sets how many points each test has, `CLAVIGER_FAULT_SEED` repeats the choices of an earlier run.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod chance;
mod clock;
mod damage;
mod database;
mod disk_full;
mod floods;
mod history;
mod http;
mod load;
mod memory;
mod poison;
mod powerloss;
mod preload;
mod rotation;
mod rounds;
mod server;
mod shutdown;
mod stand_in;
mod system_calls;

use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::chance::Chance;
use crate::rotation::{Bench, Point};
use crate::rounds::Fault;
use crate::stand_in::Machine;

/// How long anything may take before it counts as hanging. The slowest machine stays far below it.
const HANG: Duration = Duration::from_mins(10);

/// Tests with a server run one after the other: each is to have the processors for itself.
static PROCESSORS: Mutex<()> = Mutex::new(());

/// How many new servers are killed while they make their first files, under each fault.
const FOUNDINGS: u64 = 20;

#[test]
fn fault_crash_acked_writes() {
    holds("fault_crash_acked_writes", Fault::Crash, 300);
}

#[test]
fn fault_powerloss_acked_writes() {
    holds("fault_powerloss_acked_writes", Fault::PowerLoss, 200);
}

/// A server that is killed while it makes its first files starts all the same the next time.
#[test]
fn fault_interrupted_founding() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = seed();
    for fault in [Fault::Crash, Fault::PowerLoss] {
        rounds::interrupt_foundings(fault, FOUNDINGS, seed);
    }
    report(&format!("fault_interrupted_founding: {FOUNDINGS} foundings each, seed {seed}"));
}

/// Nothing was half written while there was no room, and nothing has to be restarted when there is some again. While there
/// is none, readiness says so (faults S9, R15).
#[test]
fn fault_disk_full() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let (seed, points) = (seed(), points(50));
    let mut chance = Chance::new(seed);
    let acknowledged: usize = (0..points).map(|_| disk_full::round(&mut chance)).sum();
    report(&format!(
        "fault_disk_full: {points} points, 0 violations, seed {seed}, {acknowledged} keys acknowledged before"
    ));
}

/// A server that is killed at any of its system calls that change files has kept what it acknowledged.
#[test]
fn fault_crash_every_syscall() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&system_calls::crash_at_each(points(40)));
}

/// After a failed sync nothing more is written, and what was acknowledged is there after a restart.
#[test]
fn fault_fsync_eio() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&system_calls::fail_each_sync(points(12)));
}

/// Damage to the files lets nobody in who must not be, and brings no panic.
#[test]
fn fault_sqlite_corrupt() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let (seed, points) = (seed(), points(50));
    report(&damage::at_positions(points, &mut Chance::new(seed)));
    report(&format!("fault_sqlite_corrupt: seed {seed}"));
}

/// Garbage in a row of a running server denies only its owner (fault R29).
#[test]
fn fault_poison_rows() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&poison::rows());
}

/// Whatever clients send and leave unread, the server stays within its memory and answers others.
#[test]
fn fault_oom_cgroup() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&floods::within_memory());
}

/// A server that runs out of descriptors goes on with what it has.
#[test]
fn fault_fd_exhaustion() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&floods::without_descriptors());
}

/// Idle connections hold nobody up, and take no more memory than they may.
#[test]
fn fault_10k_idle_connections() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&floods::with_idle_connections());
}

/// Keys that nobody was given cost little memory, and hold up nobody who has one (fault F16).
#[test]
fn fault_random_key_flood() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&floods::with_random_keys());
}

/// A wall clock that is wrong lets no expired key in, and breaks nothing permanently.
#[test]
fn fault_clock_jumps() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    report(&clock::jumps());
}

/// A server that is told to stop answers what it has taken, and loses nothing. Readiness drops first.
#[test]
fn fault_graceful_shutdown() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    shutdown::answers_that_are_cut_off_are_noticed();
    shutdown::readiness_drops_first();
    let (seed, rounds) = (seed(), points(20));
    let mut chance = Chance::new(seed);
    // Most rounds without the delay: then connections are open, and requests on their way, when the listener closes.
    let figures = [
        shutdown::rounds("TERM", "0", rounds, &mut chance),
        shutdown::rounds("TERM", "1", 1, &mut chance),
    ];
    report(&format!("fault_graceful_shutdown: seed {seed}\n  {}", figures.join("\n  ")));
}

/// Other signals that would end a process cut nothing off either (fault S13).
#[test]
fn fault_graceful_hangup_and_quit() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut chance = Chance::new(seed());
    for signal in ["HUP", "QUIT", "INT"] {
        report(&shutdown::rounds(signal, "0", 1, &mut chance));
    }
}

/// The same rounds, where commits are not synced: if this finds nothing lost, the test above shows nothing.
#[cfg(feature = "fault-injection")]
#[test]
fn powerloss_without_full_sync_loses_acked_writes() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = seed();
    let normal = ["--unsafe-synchronous", "normal"];
    let tally = rounds::run(Fault::PowerLoss, points(200), seed, &normal);
    report(&format!(
        "powerloss_without_full_sync_loses_acked_writes: {} keys lost after {} points, seed {seed}",
        tally.lost, tally.points
    ));
    assert_ne!(tally.lost, 0, "nothing was lost: {}", tally.violations.join("\n"));
}

fn holds(name: &str, fault: Fault, default_points: u64) {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = seed();
    let tally = rounds::run(fault, points(default_points), seed, &[]);
    report(&format!(
        "{name}: {} points, {} violations, seed {seed}, {} acknowledged writes, {} checkpoints",
        tally.points,
        tally.violations.len(),
        tally.acknowledged_writes,
        tally.checkpoints,
    ));
    let kept = tally.evidence.map(TempDir::keep);
    assert!(tally.violations.is_empty(), "{}\nfiles: {kept:?}", tally.violations.join("\n"));
}

/// The command line's rotation is killed at its system calls: of those before it changes anything, at a choice, or with
/// `CLAVIGER_FAULT_POINTS` at as many; of the others, at every one, and then once more at another one
/// (docs/threat-model.md#lost-responses).
#[test]
fn cli_crash_between_refresh_and_save() {
    rotation_holds("cli_crash_between_refresh_and_save", false, 120);
}

/// The same, and with every kill the disk forgets what was not synced.
#[test]
fn cli_powerloss_between_refresh_and_save() {
    rotation_holds("cli_powerloss_between_refresh_and_save", true, 10);
}

/// Every system call from the first change on fails, one in each run.
#[test]
fn cli_failing_calls_between_refresh_and_save() {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let bench = Bench::new(false);
    let all = bench.points();
    let mut chance = Chance::new(1);
    let rounds = all.changing().iter().filter(|point| point.can_fail());
    let outcomes: Vec<_> =
        rounds.map(|point| (point, bench.failing_round(point, &mut chance))).collect();
    let violations: Vec<_> = outcomes
        .iter()
        .filter_map(|(point, outcome)| Some(format!("{point}: {}", outcome.as_ref().err()?)))
        .collect();
    report(&format!(
        "cli_failing_calls_between_refresh_and_save: {} calls failed, {} violations",
        outcomes.len(),
        violations.len()
    ));
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

fn rotation_holds(name: &str, forgets: bool, default_points: u64) {
    let _alone = PROCESSORS.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = seed();
    let mut chance = Chance::new(seed);
    let bench = Bench::new(forgets);
    let all = bench.points();
    let reading = usize::try_from(points(default_points)).unwrap();
    let again = |chance: &mut Chance| &all.changing()[chance.index(all.changing().len())];
    let mut rounds: Vec<Vec<&Point>> = all.reading(reading).map(|point| vec![point]).collect();
    rounds.extend(all.changing().iter().map(|point| vec![point]));
    rounds.extend(all.changing().iter().map(|point| vec![point, again(&mut chance)]));
    let (mut kills, mut violations) = (0, Vec::new());
    for points in &rounds {
        match bench.round(points, &mut chance) {
            Ok(killed) => kills += killed,
            Err(violation) => violations.push(format!("{points:?}: {violation}")),
        }
    }
    report(&format!(
        "{name}: {} system calls, {} of them after the first change, {} rotations killed {kills} times, {} violations, seed {seed}",
        all.count(),
        all.changing().len(),
        rounds.len(),
        violations.len(),
    ));
    assert!(violations.is_empty(), "{}", violations.join("\n"));
    assert!(kills > rounds.len(), "{kills} kills in {} rotations", rounds.len());
}

#[test]
fn powerloss_shim_bites() {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let mut rounds_with_loss = |synchronous: &str| {
        let machine = Machine::new();
        (0..40).filter(|_| machine.lost_rows(synchronous, &mut chance) > 0).count()
    };
    let (full, normal) = (rounds_with_loss("FULL"), rounds_with_loss("NORMAL"));
    report(&format!(
        "powerloss_shim_bites: 40 points each, {full} with losses under FULL, {normal} under NORMAL, seed {seed}"
    ));
    assert_eq!(full, 0, "synced rows were lost");
    assert_ne!(normal, 0, "no unsynced row was lost");
}

/// What a program does, and what is left of its files when the power fails after the last step.
const LEFT_OF_FILES: [(&str, &str); 18] = [
    ("create, write abc", ""),
    ("create, write abc, sync", ""),
    ("create, write abc, sync_directory", "new="),
    ("create, sync_directory, write abc, sync", "new=abc"),
    ("create, sync_directory, write abc, sync_data", "new=abc"),
    ("create, sync_directory, write abc, sync, write d", "new=abc"),
    ("create, sync_directory, write_at 2 c, write_parts a b, sync", "new=abc"),
    ("create, sync_directory, write abc, sync, cut 1", "new=abc"),
    ("create, sync_directory, write abc, sync, cut 1, sync", "new=a"),
    ("create, sync_directory, write abc, sync, cut 1, cut 3, sync", "new=a\0\0"),
    ("create, sync_directory, write abc, sync, replace, write x, sync", "new=x"),
    ("create, write abc, sync, sync_directory, unlink", "new=abc"),
    ("create, write abc, sync, sync_directory, unlink, sync_directory", ""),
    ("create, write abc, sync, sync_directory, rename final", "new=abc"),
    ("create, write abc, sync, rename final, sync_directory", "final=abc"),
    ("create_below, write abc, sync, sync_below", ""),
    ("create_below, write abc, sync, sync_directory", ""),
    ("create_below, write abc, sync, sync_below, sync_directory", "below/new=abc"),
];

#[test]
fn powerloss_shim_keeps_what_was_synced_and_no_more() {
    let machine = Machine::new();
    for (steps, left) in LEFT_OF_FILES {
        assert_eq!(machine.files_after(steps), left, "{steps}");
    }
}

/// Past the test runner, which shows what a test prints only if it fails: the figures are for everybody to read.
fn report(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn points(default: u64) -> u64 {
    setting("CLAVIGER_FAULT_POINTS").unwrap_or(default)
}

fn seed() -> u64 {
    setting("CLAVIGER_FAULT_SEED").unwrap_or_else(|| RandomState::new().hash_one(0) >> 32)
}

#[expect(clippy::disallowed_methods, reason = "a test has no command line of its own")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}
