//! `claviger dev`: creates what is missing and runs a server.

use std::sync::Arc;

use anyhow::Context as _;
use claviger_domain::SystemClock;
use claviger_server::Integrations;
use claviger_store::SqliteOptions;

use super::listen;
use crate::args::{Dev, LogFormat};
use crate::data_dir::{self, Beginning, FirstKey};
use crate::database::Database;
use crate::environment;
use crate::hardening;
use crate::output::{self, DevSummary, Proven};
use crate::{smtp, telemetry};

/// Address of the first administrator.
const ADMIN_EMAIL: &str = "developer@example.com";

pub(crate) async fn run(args: Dev) -> anyhow::Result<()> {
    let stdout = Proven::prove()?;
    let log = telemetry::start(&args.server.log, LogFormat::Text)?;
    hardening::protect_memory();
    let data_dir = args.data_dir.as_path();
    let outbox = smtp::outbox(&args.mail)?;
    let listener = listen::bind(&args.server.listen).await?;
    let address = listener.local_addr()?;
    let mut new_key = None;
    if data_dir::is_vacant(data_dir)? {
        let first_key = FirstKey::InEnvironment(address);
        let database = Database::File(data_dir::database(data_dir));
        let made = data_dir::make(data_dir, &database, None, beginning(), first_key).await?;
        new_key = Some(made.admin_key);
    }
    let peppers = data_dir::read_peppers(&data_dir::pepper_file(data_dir, None))?;
    let store = options(&args)
        .open(peppers, Arc::new(SystemClock))
        .with_context(|| format!("{} cannot be opened", data_dir::database(data_dir).display()))?;
    let found = match environment::update(data_dir, address) {
        Ok(found) => found,
        Err(error) => {
            output::warning(&format!("{error:#}"));
            None
        }
    };
    let stop = listen::Stop::prepare()?;
    let summary = DevSummary {
        address,
        data_dir,
        environment_file: &environment::path(data_dir),
        found: found.as_ref(),
        admin_email: ADMIN_EMAIL,
        new_key: new_key.as_deref(),
    };
    output::dev(stdout, &summary)?;
    let integrations = Integrations { outbox, ..Integrations::default() };
    listen::serve(listener, store, &args.server, &args.mail, integrations, stop, log).await
}

fn beginning() -> Beginning {
    Beginning {
        account: "Development".to_owned(),
        organization: "Development".to_owned(),
        space: "Playground".to_owned(),
        admin_name: "Developer".to_owned(),
        admin_email: ADMIN_EMAIL.to_owned(),
    }
}

fn options(args: &Dev) -> SqliteOptions {
    let options = SqliteOptions::at(data_dir::database(&args.data_dir));
    #[cfg(feature = "fault-injection")]
    if let Some(crate::args::UnsafeSynchronous::Normal) = args.unsafe_synchronous {
        return options.with_durability(claviger_store::Durability::Normal);
    }
    options
}
