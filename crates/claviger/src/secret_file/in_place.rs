//! Writes in place into a file that cannot be replaced: a mount point, or one with a second hard link.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::ROOM;

/// A file that is open for writing.
#[derive(Debug)]
pub(super) struct InPlace(File);

impl InPlace {
    /// Opens it, takes the room that will be needed, and keeps a copy of what is in it.
    pub(super) fn prove(target: &Path, old: &File, copy: &File) -> io::Result<Self> {
        let file = Self::open(target)?;
        let mut content = Vec::new();
        let mut old = old;
        old.seek(SeekFrom::Start(0))?;
        old.read_to_end(&mut content)?;
        let mut writer = copy;
        writer.seek(SeekFrom::Start(0))?;
        writer.write_all(&content)?;
        copy.set_len(size(content.len()))?;
        copy.sync_all()?;
        // A write of what is there shows a disk or a quota that takes none.
        file.0.write_all_at(&content, 0)?;
        file.0.sync_all()?;
        let room = size(content.len().saturating_add(ROOM));
        match fallocate(&file.0, FallocateFlags::KEEP_SIZE, 0, room) {
            // Not every file system can promise room.
            Err(Errno::NOTSUP | Errno::NOSYS) => {}
            reserved => reserved?,
        }
        Ok(file)
    }

    /// Opens it alone.
    pub(super) fn open(target: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open(target).map(Self)
    }

    /// Gives it this content. If that fails, it gets back what it had.
    pub(super) fn write(&self, content: &[u8]) -> io::Result<()> {
        let mut before = Vec::new();
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut before)?;
        let written = self.overwrite(content);
        if written.is_err() {
            drop(self.overwrite(&before));
        }
        written
    }

    fn overwrite(&self, content: &[u8]) -> io::Result<()> {
        self.0.write_all_at(content, 0)?;
        self.0.set_len(size(content.len()))?;
        self.0.sync_all()
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
