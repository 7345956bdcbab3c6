//! `claviger serve`: the production server. It creates nothing: missing files are an error.

use claviger_server::Integrations;

use super::listen;
use crate::args::Serve;
use crate::database::Database;
use crate::github;
use crate::hardening;
use crate::output;
use crate::smtp;
use crate::telemetry;

pub(crate) async fn run(args: Serve) -> anyhow::Result<()> {
    let log = telemetry::start(&args.server.log, args.log_format)?;
    hardening::protect_memory();
    let database = Database::of(&args.data_dir, &args.database)?;
    let store = database.open(&args.data_dir, args.pepper_file.as_deref()).await?;
    let outbox = smtp::outbox(&args.mail)?;
    let github = github::reports(args.github_signing_keys.as_deref())?;
    let listener = listen::bind(&args.server.listen).await?;
    let stop = listen::Stop::prepare()?;
    output::listening(listener.local_addr()?);
    let integrations = Integrations { outbox, github };
    listen::serve(listener, store, &args.server, &args.mail, integrations, stop, log).await
}
