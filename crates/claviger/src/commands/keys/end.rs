//! `claviger keys revoke` and `delete`.

use std::process::ExitCode;

use arize::Client;

use super::super::http::failure;
use crate::args::End;
use crate::output::keys;

/// Which call ends the key.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// `PUT …/revoke`.
    Revoke,
    /// `DELETE`.
    Delete,
}

/// Ends one key after the other, whatever becomes of those before.
pub(super) async fn run(args: End, client: &Client, how: How) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for id in &args.ids {
        let ended = match how {
            How::Revoke => client.api_keys().revoke(id).await,
            How::Delete => client.api_keys().delete(id).await,
        };
        match ended {
            Ok(()) => keys::ended(id),
            Err(error) => {
                let not_done = format!("{} was not ended", keys::typed(id));
                let in_doubt = format!(
                    "it is not known whether {} was ended: `claviger keys revoke` can be run again",
                    keys::typed(id)
                );
                let failed =
                    failure::report(&failure::outcome(error, &not_done, &in_doubt), Some(client));
                if code == ExitCode::SUCCESS {
                    code = failed;
                }
            }
        }
    }
    code
}
