//! `claviger serve`: the production server. It creates nothing: missing files are an error.

use std::sync::Arc;

use anyhow::Context as _;
use claviger_domain::SystemClock;
use claviger_server::Integrations;
use claviger_store::SqliteOptions;

use super::listen;
use crate::args::Serve;
use crate::data_dir;
use crate::github;
use crate::hardening;
use crate::output;
use crate::smtp;
use crate::telemetry;

pub(crate) async fn run(args: Serve) -> anyhow::Result<()> {
    let log = telemetry::start(&args.server.log, args.log_format)?;
    hardening::protect_memory();
    let options = SqliteOptions::at(data_dir::database(&args.data_dir));
    if !options.exists() {
        anyhow::bail!(
            "there is no installation in {}: create one with `claviger init`",
            args.data_dir.display()
        );
    }
    let pepper_file = data_dir::pepper_file(&args.data_dir, args.pepper_file.as_deref());
    let peppers = data_dir::read_peppers(&pepper_file)?;
    let store = options.open(peppers, Arc::new(SystemClock)).with_context(|| {
        format!("{} cannot be opened", data_dir::database(&args.data_dir).display())
    })?;
    let outbox = smtp::outbox(&args.mail)?;
    let github = github::reports(args.github_signing_keys.as_deref())?;
    let listener = listen::bind(args.server.listen).await?;
    let stop = listen::Stop::prepare()?;
    output::listening(listener.local_addr()?);
    let integrations = Integrations { outbox, github };
    listen::serve(listener, store, &args.server, &args.mail, integrations, stop, log).await
}
