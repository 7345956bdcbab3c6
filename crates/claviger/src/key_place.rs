//! Destination of an administrator's key. It is tried before the key is created, and emptied if the key does not work.

use anyhow::Context as _;

use crate::args::AdminKey;
use crate::output::Proven;
use crate::secret_file::{Draft, Tentative};

/// A place that takes a key. Whatever makes an administrator's key on the host demands one.
#[derive(Debug)]
pub(crate) enum KeyPlace {
    /// The standard output.
    Stdout(Proven),
    /// A new file.
    File(Draft),
}

impl KeyPlace {
    /// Shows that a key can be put where the arguments say.
    pub(crate) fn prove(args: &AdminKey) -> anyhow::Result<Self> {
        let Some(file) = &args.admin_key_file else {
            return Proven::prove_for_secret().map(Self::Stdout);
        };
        let draft = Draft::of_new(file);
        draft.map(Self::File).context(
            "nothing was done: `--admin-key-file` must be a new file in a directory that can be written",
        )
    }

    /// Puts a key there.
    pub(crate) fn put(self, key: &str) -> anyhow::Result<Put> {
        match self {
            Self::Stdout(stdout) => stdout.write(key).map(|()| Put::Printed),
            Self::File(draft) => {
                draft.publish_for_now(format!("{key}\n").into_bytes()).map(Put::Written)
            }
        }
    }
}

/// A key in its place. A file goes away with this, unless it is kept.
#[derive(Debug)]
pub(crate) enum Put {
    /// On the standard output.
    Printed,
    /// In a file.
    Written(Tentative),
}

impl Put {
    /// Leaves the key where it is.
    pub(crate) fn keep(self) {
        if let Self::Written(file) = self {
            file.keep();
        }
    }

    /// Whether it cannot be taken back.
    pub(crate) fn was_printed(&self) -> bool {
        matches!(self, Self::Printed)
    }
}
