//! Destination of a new secret: prepared before there is one, and restored if the server does not accept it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use arize::api_keys::ApiKeyCreated;
use arize::{Client, Secret};

use crate::args::NewFile;
use crate::env_file::EnvFile;
use crate::key_text;
use crate::output::{self, Proven, keys};
use crate::secret_file::Draft;

/// A place for a secret.
pub(super) enum Destination {
    /// The standard output: the secret alone, or in a document.
    Stdout { json: bool, stdout: Proven },
    /// A file for the secret alone; the document, if there is one, is printed without it.
    File { path: PathBuf, draft: Draft, document: Option<Proven>, old: Option<Vec<u8>> },
    /// The value of a variable in a file.
    Variable { path: PathBuf, name: String, draft: Draft, old: EnvFile },
}

impl Destination {
    /// Where a new key goes: to a file if there is one to be, else to the standard output.
    pub(super) fn of_new_key(new_file: &NewFile, json: bool) -> anyhow::Result<Self> {
        let Some(path) = &new_file.output_file else {
            return Ok(Self::Stdout { json, stdout: Proven::prove_for_secret()? });
        };
        let document = json.then(Proven::prove).transpose()?;
        let exists = std::fs::symlink_metadata(path).is_ok();
        let (draft, old) = if exists && new_file.overwrite {
            let draft = Draft::replacing(path)?;
            (draft, Some(read(path)?))
        } else {
            let draft = Draft::of_new(path).context(if exists {
                "nothing was done: `--overwrite` replaces a file"
            } else {
                "nothing was done"
            })?;
            (draft, None)
        };
        warn_if_open_to_others(&draft, path);
        Ok(Self::File { path: path.clone(), draft, document, old })
    }

    /// The value of a variable that a file sets.
    pub(super) fn variable(path: &Path, name: &str) -> anyhow::Result<Self> {
        let cannot = || format!("{} cannot be used", path.display());
        let draft = Draft::replacing(path)?;
        let old = EnvFile::parse(read(path)?).with_context(cannot)?;
        // Whether it is there, and once, is found out now.
        old.with(name, "x").with_context(cannot)?;
        // With the caller's own key in the file too, it was said when that was read.
        if !matches!(old.get("ARIZE_API_KEY"), Ok(Some(_))) {
            warn_if_open_to_others(&draft, path);
        }
        Ok(Self::Variable { path: path.to_owned(), name: name.to_owned(), draft, old })
    }

    /// Puts the secret there. When this returns, it is safe; after an error, what was there before is there.
    pub(super) fn keep(self, created: &ApiKeyCreated) -> anyhow::Result<Kept> {
        let secret = created.key.reveal();
        match self {
            Self::Stdout { json: false, stdout } => {
                keys::secret(stdout, &created.key)?;
                Ok(Kept { at: None, undo: Undo::Impossible })
            }
            Self::Stdout { json: true, stdout } => {
                keys::document(stdout, &created.api_key, Some(&created.key))?;
                Ok(Kept { at: None, undo: Undo::Impossible })
            }
            Self::File { path, draft, document, old } => {
                let content = format!("{secret}\n").into_bytes();
                let written = draft.publish(&content).and_then(|()| match document {
                    Some(stdout) => keys::document(stdout, &created.api_key, None),
                    None => Ok(()),
                });
                let at = path.display().to_string();
                Kept { at: Some(at), undo: Undo::File { path, content, old } }
                    .unless_failed(written)
            }
            Self::Variable { path, name, draft, old } => {
                // Somebody may have changed something else in it since.
                let content = EnvFile::parse(read(&path)?)?.with(&name, secret)?;
                let written = draft.publish(&content);
                let at = format!("{} as `{name}`", path.display());
                Kept {
                    at: Some(at),
                    undo: Undo::Variable { path, name, secret: secret.to_owned(), old },
                }
                .unless_failed(written)
            }
        }
    }

    /// Puts it there, or revokes the key, since nobody will ever have its secret. Says where it is, if it is in a file.
    pub(super) async fn keep_or_revoke(
        self,
        client: &Client,
        created: &ApiKeyCreated,
    ) -> anyhow::Result<Option<String>> {
        let failure = match self.keep(created) {
            Ok(kept) => return Ok(kept.at),
            Err(error) => error,
        };
        let id = &created.api_key.id;
        Err(failure.context(match client.api_keys().revoke(id).await {
            Ok(()) => format!("the secret of the new key `{id}` could not be saved; it was revoked"),
            Err(error) => format!(
                "the secret of the new key `{id}` could not be saved, and revoking it failed ({error}): \
                 revoke it with `claviger keys revoke {id}`"
            ),
        }))
    }

    /// What is there now.
    pub(super) fn present(&self) -> Present {
        let text = match self {
            Self::Stdout { .. } | Self::File { old: None, .. } => return Present::Nothing,
            Self::File { old: Some(old), .. } => String::from_utf8(old.clone()).ok(),
            Self::Variable { name, old, .. } => old.get(name).ok().flatten(),
        };
        match text {
            Some(text) if text.trim().is_empty() => Present::Nothing,
            Some(text) => key_text::read(&text).map_or(Present::NoKey, Present::Key),
            None => Present::NoKey,
        }
    }

    /// Where it is, for messages.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Stdout { .. } => "the standard output".to_owned(),
            Self::File { path, .. } => path.display().to_string(),
            Self::Variable { path, name, .. } => format!("`{name}` in {}", path.display()),
        }
    }

    /// The file that will be written, links followed; nothing if it is the standard output.
    pub(super) fn target(&self) -> Option<&Path> {
        match self {
            Self::Stdout { .. } => None,
            Self::File { draft, .. } | Self::Variable { draft, .. } => Some(draft.target()),
        }
    }
}

/// What is in the place of a secret.
pub(super) enum Present {
    /// Nothing that could be lost.
    Nothing,
    /// What may be a key.
    Key(Secret),
    /// Something else.
    NoKey,
}

/// A secret that was put somewhere.
pub(super) struct Kept {
    /// Where it is, if it is in a file.
    pub at: Option<String>,
    undo: Undo,
}

enum Undo {
    /// What was printed was printed.
    Impossible,
    /// A file for the secret alone, and what it held before.
    File { path: PathBuf, content: Vec<u8>, old: Option<Vec<u8>> },
    /// A variable, and the file as it was before.
    Variable { path: PathBuf, name: String, secret: String, old: EnvFile },
}

impl Kept {
    /// The secret is kept, or nothing of it stays.
    fn unless_failed(self, written: anyhow::Result<()>) -> anyhow::Result<Self> {
        let Err(error) = written else { return Ok(self) };
        Err(match self.undo() {
            Ok(()) => error,
            Err(undo) => {
                error.context(format!("what was there before could not be put back ({undo:#})"))
            }
        })
    }

    /// Puts back what was there before, unless the secret never got there.
    pub(super) fn undo(self) -> anyhow::Result<()> {
        match self.undo {
            Undo::Impossible => Err(anyhow!("what was printed cannot be taken back")),
            Undo::File { path, content, old } => {
                if std::fs::read(&path).ok().as_ref() != Some(&content) {
                    return Ok(());
                }
                match old {
                    Some(old) => Draft::replacing(&path)?.publish(&old),
                    None => std::fs::remove_file(&path)
                        .with_context(|| format!("{} cannot be removed", path.display())),
                }
            }
            Undo::Variable { path, name, secret, old } => {
                let current = EnvFile::parse(read(&path)?)?;
                if current.get(&name).ok().flatten().as_ref() != Some(&secret) {
                    return Ok(());
                }
                Draft::replacing(&path)?.publish(&current.with_value_of(&name, &old)?)
            }
        }
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn warn_if_open_to_others(draft: &Draft, path: &Path) {
    if draft.is_open_to_others() {
        output::warning(&format!(
            "{} keeps its mode, and others can read it: `chmod 600` it if they should not",
            path.display()
        ));
    }
}
