//! `claviger clock`: recovers from a wrong clock.

use anyhow::Context as _;
use claviger_store::{AcceptClock, Request};

use crate::args::{Clock, ClockAccept};
use crate::database::Database;
use crate::output;

pub(crate) async fn run(clock: Clock) -> anyhow::Result<()> {
    match clock {
        Clock::Accept(args) => accept(args).await,
    }
}

async fn accept(args: ClockAccept) -> anyhow::Result<()> {
    let database = Database::of(&args.data_dir, &args.database)?;
    let pepper = args.pepper_file.as_deref();
    let store = database.open_accepting_clock(&args.data_dir, pepper).await?;
    let accepted = store.execute(Request::host(), AcceptClock).await;
    store.close().await;
    let accepted = accepted.context("the clock cannot be accepted")?;
    output::note(&format!(
        "Accepted the machine's clock: {}. The installation had seen {}",
        accepted.after, accepted.before
    ));
    Ok(())
}
