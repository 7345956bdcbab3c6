//! Data directory: the database and, unless it is stored elsewhere, the pepper.
//!
//! Rules: an installation is there whole or not at all: it is made under another name and renamed when everything in it is on disk.
//! Files with secrets have mode 0600 from their first byte, and a pepper that everybody can read is not used.

mod access;
mod partial;

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use claviger_domain::{
    AccountPolicy, AccountRole, Clock, KeyName, KeyType, MintedKey, ObjectIdCodec, ObjectKind,
    PepperRing, ScopedRole, SystemClock, SystemEntropy,
};
use claviger_store::{
    CreateAccount, FirstOrganization, FirstSpace, FirstUser, HostKey, OpenError, Request,
    SqliteOptions, Store,
};

pub(crate) use self::access::{
    explained, read_peppers, refuse_foreign, require_installation, warn_if_open_to_others,
};
use self::partial::Partial;
pub(crate) use self::partial::is_vacant;
use crate::database::Database;
use crate::environment::Environment;
use crate::key_place::{KeyPlace, Put};
use crate::secret_file::Draft;

const DATABASE: &str = "claviger.db";
const PEPPER: &str = "pepper.json";

/// What an installation starts with.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub account: String,
    pub organization: String,
    pub space: String,
    pub admin_name: String,
    pub admin_email: String,
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub organization_id: String,
    pub space_id: String,
    /// The administrator's key: a secret.
    pub admin_key: String,
}

/// The database file of a data directory.
pub(crate) fn database(data_dir: &Path) -> PathBuf {
    data_dir.join(DATABASE)
}

/// The pepper file: where it was said to be, or in the data directory.
pub(crate) fn pepper_file(data_dir: &Path, chosen: Option<&Path>) -> PathBuf {
    chosen.map_or_else(|| data_dir.join(PEPPER), Path::to_owned)
}

/// Where the administrator's first key goes.
#[derive(Debug)]
pub(crate) enum FirstKey {
    /// Into the environment file of the directory, for a server at this address.
    InEnvironment(SocketAddr),
    /// Out of the directory.
    To(KeyPlace),
}

/// Makes a data directory with an installation in it. After an error, nothing of it is there.
pub(crate) async fn make(
    data_dir: &Path,
    database: &Database,
    pepper: Option<&Path>,
    beginning: Beginning,
    first_key: FirstKey,
) -> anyhow::Result<Made> {
    if !is_vacant(data_dir)? {
        bail!("{} is there already", data_dir.display());
    }
    let outside = pepper.map(Draft::of_new).transpose()?;
    let mut partial = Partial::make(data_dir)?;
    let path = partial.path().to_owned();
    let peppers = PepperRing::generate(&SystemEntropy)?;
    let pepper_text = peppers.reveal();
    if outside.is_none() {
        write_secret(&path.join(PEPPER), &pepper_text)?;
    }
    let store = database.create(&path, peppers).await?;
    let made = found(&store, beginning).await;
    store.close().await;
    drop(store);
    let made = made?;
    if let Database::File(_) = database {
        is_ours(&path, &self::database(&path))?;
    }
    // From here on a drop takes back what was put outside of the directory.
    let pepper =
        outside.map(|draft| draft.publish_for_now(pepper_text.into_bytes())).transpose()?;
    let key = match first_key {
        FirstKey::InEnvironment(address) => {
            Environment::from(&made).write(&path, address)?;
            None
        }
        FirstKey::To(place) => Some(place.put(&made.admin_key)?),
    };
    if let Err(error) = partial.publish() {
        let was_printed = key.as_ref().is_some_and(Put::was_printed);
        return Err(if was_printed {
            error.context("the key that was printed opens nothing")
        } else {
            error
        });
    }
    if let Some(pepper) = pepper {
        pepper.keep();
    }
    if let Some(key) = key {
        key.keep();
    }
    Ok(made)
}

/// Refuses a directory whose owner is not the one of a file that was just made in it.
fn is_ours(directory: &Path, file: &Path) -> anyhow::Result<()> {
    let metadata = |path: &Path| {
        path.symlink_metadata().with_context(|| format!("{} cannot be read", path.display()))
    };
    let (of_directory, of_file) = (metadata(directory)?, metadata(file)?);
    let is_private = of_directory.is_dir() && of_directory.mode() & 0o777 == 0o700;
    if !is_private || of_directory.uid() != of_file.uid() {
        bail!("{} belongs to somebody else, or others can enter it", directory.display());
    }
    Ok(())
}

async fn found(store: &Store, beginning: Beginning) -> anyhow::Result<Made> {
    let installation = store.installation();
    let minted = MintedKey::generate(KeyType::User, installation.tag, &SystemEntropy)?;
    let admin_key = minted.reveal();
    let key = HostKey { minted, name: KeyName::parse("Administrator's first key")? };
    let admin = FirstUser {
        name: beginning.admin_name,
        email: beginning.admin_email,
        role: AccountRole::Admin,
        is_developer: true,
        organizations: vec![(0, ScopedRole::Admin)],
        spaces: vec![(0, 0, ScopedRole::Admin)],
        key: Some(key),
    };
    let spaces = vec![FirstSpace { name: beginning.space, is_private: false }];
    let founding = CreateAccount {
        account: beginning.account,
        policy: AccountPolicy::default(),
        organizations: vec![FirstOrganization { name: beginning.organization, spaces }],
        roles: Vec::new(),
        users: vec![admin],
    };
    let founded = store.execute(Request::host(), founding).await?;
    let (organization, spaces) =
        founded.organizations.first().context("no organization was made")?;
    let space = spaces.first().context("no space was made")?;
    let codec = ObjectIdCodec::new(&installation.id_key);
    Ok(Made {
        organization_id: codec.encode(ObjectKind::Organization, organization.number()),
        space_id: codec.encode(ObjectKind::Space, space.number()),
        admin_key,
    })
}

/// Opens the database of a server that does not run.
pub(crate) fn open_stopped(data_dir: &Path, pepper: Option<&Path>) -> anyhow::Result<Store> {
    open_with(data_dir, pepper, SqliteOptions::open)
}

/// The same, and takes the machine's clock to be right whatever the database has seen.
pub(crate) fn open_stopped_accepting_clock(
    data_dir: &Path,
    pepper: Option<&Path>,
) -> anyhow::Result<Store> {
    open_with(data_dir, pepper, SqliteOptions::open_accepting_clock)
}

/// How a database is opened.
type Open = fn(&SqliteOptions, PepperRing, Arc<dyn Clock>) -> Result<Store, OpenError>;

fn open_with(data_dir: &Path, pepper: Option<&Path>, open: Open) -> anyhow::Result<Store> {
    let database = database(data_dir);
    require_installation(data_dir, &database)?;
    let options = SqliteOptions::at(&database);
    let peppers = read_peppers(&pepper_file(data_dir, pepper))?;
    open(&options, peppers, Arc::new(SystemClock)).map_err(|error| {
        let in_use = matches!(error, OpenError::InUse(_));
        if in_use {
            let message = format!("stop the server that runs on {} first", data_dir.display());
            return anyhow::Error::new(error).context(message);
        }
        explained(error, &database).context(format!("{} cannot be opened", data_dir.display()))
    })
}

/// Writes a new file that only its owner can read, and sees it to the disk.
pub(crate) fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Sees the names in a directory to the disk.
pub(crate) fn sync_dir(path: &Path) -> anyhow::Result<()> {
    File::open(path)
        .and_then(|directory| directory.sync_all())
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// Refuses a file in a data directory: only what belongs to an installation is in it, and SQLite may take any other file for its own.
pub(crate) fn is_outside(flag: &str, file: Option<&Path>, data_dir: &Path) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    let is_inside = std::path::absolute(file)?.starts_with(std::path::absolute(data_dir)?)
        || file.parent().and_then(|parent| parent.canonicalize().ok()).is_some_and(|parent| {
            data_dir.canonicalize().is_ok_and(|data_dir| parent.starts_with(data_dir))
        });
    if is_inside {
        bail!("nothing was done: `{flag}` must be outside of the data directory");
    }
    Ok(())
}
