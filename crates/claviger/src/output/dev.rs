//! Output of `claviger dev`.

use std::net::SocketAddr;
use std::path::Path;

use super::Proven;
use crate::environment::Found;

/// What `dev` made, or found.
#[derive(Debug)]
pub(crate) struct DevSummary<'a> {
    pub address: SocketAddr,
    pub data_dir: &'a Path,
    pub environment_file: &'a Path,
    /// What the environment file says, if it is there and can be read.
    pub found: Option<&'a Found>,
    pub admin_email: &'a str,
    /// The administrator's key, if it was made just now.
    pub new_key: Option<&'a str>,
}

/// Introduces a server to try things with.
pub(crate) fn dev(stdout: Proven, summary: &DevSummary<'_>) -> anyhow::Result<()> {
    let DevSummary { address, data_dir, environment_file, found, admin_email, new_key } = summary;
    let (data_dir, environment_file) = (data_dir.display(), environment_file.display());
    let (organization, space) = (
        found
            .and_then(|found| found.organization_id.as_deref())
            .unwrap_or("see `/v2/organizations`"),
        found.and_then(|found| found.space_id.as_deref()).unwrap_or("see `/v2/spaces`"),
    );
    let has_key = found.is_some_and(|found| found.has_key);
    let (deed, key) = match new_key {
        Some(key) => (
            "Created",
            format!("{key}\n                shown once; it is also in the environment file"),
        ),
        None if has_key => ("Using existing data", "in the environment file".to_owned()),
        // The server knows no key, only what it takes to recognise one.
        None => (
            "Using existing data",
            format!(
                "not in the environment file, and not shown again. To make a new one, stop this\n                \
                 server and run: claviger recover --data-dir {data_dir} --admin-email {admin_email} --expires-in 30d --print-admin-key"
            ),
        ),
    };
    let variables = if has_key || new_key.is_some() {
        format!("  set -a; . {environment_file}; set +a")
    } else {
        format!("  export ARIZE_BASE_URL=http://{address} ARIZE_API_KEY=the-new-key")
    };
    stdout.write(&format!(
        "Claviger is listening on http://{address}

{deed} in {data_dir}:
  organization  {organization}
  space         {space}
  environment   {environment_file}
  admin key     {key}

Try, in another terminal:
{variables}
  curl -H \"Authorization: Bearer $ARIZE_API_KEY\" $ARIZE_BASE_URL/v2/api-keys
  curl -H \"Authorization: Bearer $ARIZE_API_KEY\" $ARIZE_BASE_URL/v2/api-keys --json '{{\"name\":\"ci\"}}'
  any Arize SDK: it reads the same variables
API reference: http://{address}/docs"
    ))
}
