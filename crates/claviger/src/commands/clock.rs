//! `claviger clock`: recovers from a wrong clock.

use anyhow::Context as _;
use claviger_store::{AcceptClock, Request};

use crate::args::{Clock, ClockAccept};
use crate::{data_dir, output};

pub(crate) async fn run(clock: Clock) -> anyhow::Result<()> {
    match clock {
        Clock::Accept(args) => accept(args).await,
    }
}

async fn accept(args: ClockAccept) -> anyhow::Result<()> {
    let pepper = args.pepper_file.as_deref();
    let store = data_dir::open_stopped_accepting_clock(&args.data_dir, pepper)?;
    let accepted = store.execute(Request::host(), AcceptClock).await;
    store.close().await;
    let accepted = accepted.context("the clock cannot be accepted")?;
    output::note(&format!(
        "Accepted the machine's clock: {}. The installation had seen {}",
        accepted.after, accepted.before
    ));
    Ok(())
}
