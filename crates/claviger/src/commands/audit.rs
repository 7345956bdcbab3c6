//! `claviger audit`: verifies and exports the audit log.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use claviger_domain::{AuditEntry, AuditRecordId, ObjectIdCodec, ObjectKind};
use claviger_store::{AuditLog, Exported, SqliteOptions};
use serde_json::{Value, json};

use super::identity;
use crate::args::{Audit, AuditExport, AuditVerify};
use crate::database::{CANNOT_BE_OPENED, Database};
use crate::{data_dir, output};

/// The exit code for a log that is not what was written.
const NOT_WHOLE: u8 = 3;

pub(crate) fn run(audit: Audit) -> anyhow::Result<ExitCode> {
    match audit {
        Audit::Verify(args) => verify(&args),
        Audit::Export(args) => export(&args).map(|()| ExitCode::SUCCESS),
        Audit::List(args) => identity::run(identity::Command::AuditList(*args)),
    }
}

fn open(data_dir: &std::path::Path) -> anyhow::Result<AuditLog> {
    let database = data_dir::database(data_dir);
    let log = SqliteOptions::at(&database).audit_log();
    log.with_context(|| format!("{} cannot be read", database.display()))
}

fn verify(args: &AuditVerify) -> anyhow::Result<ExitCode> {
    let database = Database::of(&args.data_dir, &args.database)?;
    let pepper_file = data_dir::pepper_file(&args.data_dir, args.pepper_file.as_deref());
    let verdict = match database {
        Database::File(_) => {
            let mut log = open(&args.data_dir)?;
            log.verify(&data_dir::read_peppers(&pepper_file)?, args.note)
        }
        Database::Server(options) => {
            let peppers = data_dir::read_peppers(&pepper_file)?;
            super::runtime()?
                .block_on(async { options.audit_log().await?.verify(&peppers, args.note).await })
        }
    };
    let verdict = verdict.context("the audit log cannot be checked")?;
    if verdict.fault_count == 0 {
        output::audit_is_whole(&verdict)?;
        Ok(ExitCode::SUCCESS)
    } else {
        output::audit_is_not_whole(&verdict);
        Ok(ExitCode::from(NOT_WHOLE))
    }
}

fn export(args: &AuditExport) -> anyhow::Result<()> {
    let database = Database::of(&args.data_dir, &args.database)?;
    let pepper_file = data_dir::pepper_file(&args.data_dir, args.pepper_file.as_deref());
    let after = AuditRecordId::new(args.after);
    let mut lines = Lines { to: output::lines(), left_out: 0 };
    let exported = match database {
        Database::File(_) => {
            let mut log = open(&args.data_dir)?;
            let peppers = data_dir::read_peppers(&pepper_file)?;
            let codec = ObjectIdCodec::new(&log.installation().id_key);
            log.each(&peppers, after, |record| lines.take(&codec, record))
        }
        Database::Server(options) => {
            let peppers = data_dir::read_peppers(&pepper_file)?;
            super::runtime()?.block_on(async {
                let mut log = options.audit_log().await.context(CANNOT_BE_OPENED)?;
                let codec = ObjectIdCodec::new(&log.installation().id_key);
                log.each(&peppers, after, |record| lines.take(&codec, record)).await
            })
        }
    };
    let exported = exported.and_then(|()| output::written(lines.to.flush()));
    if lines.left_out > 0 {
        output::warning(&format!(
            "{} record(s) are not what was written, and were left out: `claviger audit verify` names them",
            lines.left_out
        ));
    }
    exported
}

/// What is exported, one record a line.
struct Lines<W> {
    to: W,
    left_out: u64,
}

impl<W: Write> Lines<W> {
    fn take(&mut self, codec: &ObjectIdCodec, record: Exported) -> anyhow::Result<()> {
        match record {
            Exported::Record(entry) => {
                output::written(writeln!(self.to, "{}", line(codec, &entry)))
            }
            Exported::Forged(_) | Exported::Unreadable(_) => {
                self.left_out += 1;
                Ok(())
            }
        }
    }
}

/// A record, with the ids that the API gives things.
fn line(codec: &ObjectIdCodec, entry: &AuditEntry) -> Value {
    let target = match ObjectKind::of_target(&entry.target_kind) {
        Some(kind) => Value::from(codec.encode(kind, entry.target_id)),
        None => entry.target_id.into(),
    };
    let id = |kind, number: Option<i64>| number.map(|number| codec.encode(kind, number));
    json!({
        "record": entry.id.number(),
        "id": codec.encode(ObjectKind::AuditLog, entry.id.number()),
        "at": entry.at.to_string(),
        "account": entry.account,
        "actor": { "user_id": id(ObjectKind::User, entry.actor), "key_id": id(ObjectKind::ApiKey, entry.actor_key) },
        "action": entry.action,
        "target": { "kind": entry.target_kind, "id": target },
        "details": claviger_server::audit_details(codec, entry),
        "request_id": entry.request_id,
        "source": entry.source,
        "user_agent": entry.user_agent,
    })
}
