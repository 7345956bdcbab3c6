//! A disk that loses power: what was synced stays, and of what was not, chance decides, sector by sector.
//!
//! The C library beside the testkit (`powerloss.c`) keeps the durable image while the program runs; this module starts programs
//! under it, and turns the image into the directory that a machine would find when the power is back.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::chance::Chance;
use crate::preload::library;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Such a disk: a directory and all below it. The durable image is beside it.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    shadow: PathBuf,
}

/// A name that the disk would still have.
#[derive(Debug)]
struct DurableName {
    /// The inode of the directory it is in; 0 for the watched one.
    directory: u64,
    is_directory: bool,
    inode: u64,
    name: String,
}

impl Disk {
    /// A disk in a directory that exists.
    pub(crate) fn new(root: &Path) -> Self {
        let shadow = root.with_file_name("shadow");
        fs::create_dir(&shadow).unwrap();
        Self { root: root.to_owned(), shadow }
    }

    /// What a program has to be started with to run on this disk.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", library("powerloss").into()),
            ("POWERLOSS_DIR", self.root.clone().into()),
            ("POWERLOSS_SHADOW", self.shadow.clone().into()),
        ]
    }

    /// Cuts the power, after the program was killed: replaces the directory by what the disk holds.
    pub(crate) fn lose_power(&self, chance: &mut Chance) {
        // Without the list, the program was killed before it could change anything.
        if let Ok(names) = fs::read_to_string(self.shadow.join("names")) {
            let names: Vec<DurableName> = names.lines().map(DurableName::parse).collect();
            let image = self.root.with_file_name("image");
            self.build(&names, 0, &self.root, &image, chance);
            fs::remove_dir_all(&self.root).unwrap();
            fs::rename(&image, &self.root).unwrap();
        }
        fs::remove_dir_all(&self.shadow).unwrap();
        fs::create_dir(&self.shadow).unwrap();
    }

    /// Builds the durable image of one directory, and of those below it.
    fn build(
        &self,
        names: &[DurableName],
        directory: u64,
        real: &Path,
        image: &Path,
        chance: &mut Chance,
    ) {
        fs::create_dir(image).unwrap();
        if let Ok(metadata) = fs::metadata(real) {
            fs::set_permissions(image, metadata.permissions()).unwrap();
        }
        for name in names.iter().filter(|name| name.directory == directory) {
            let (real, image) = (real.join(&name.name), image.join(&name.name));
            if name.is_directory {
                self.build(names, name.inode, &real, &image, chance);
            } else {
                self.build_file(name, &real, &image, chance);
            }
        }
    }

    fn build_file(&self, name: &DurableName, real: &Path, image: &Path, chance: &mut Chance) {
        let durable = self.shadow.join("files").join(name.inode.to_string());
        let mut bytes = fs::read(&durable).unwrap_or_default();
        // Another file may have the name by now.
        if name.can_tear() && fs::metadata(real).is_ok_and(|real| real.ino() == name.inode) {
            tear(&mut bytes, &fs::read(real).unwrap(), chance);
        }
        fs::write(image, &bytes).unwrap();
        let mode = fs::metadata(&durable).map_or(0o600, |durable| durable.permissions().mode());
        fs::set_permissions(image, fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl DurableName {
    fn parse(line: &str) -> Self {
        let mut parts = line.splitn(4, ' ');
        let mut part = || parts.next().expect("a durable name has four parts");
        Self {
            directory: part().parse().unwrap(),
            is_directory: part() == "d",
            inode: part().parse().unwrap(),
            name: part().to_owned(),
        }
    }

    /// Whether unsynced sectors of the file may arrive. Only for files that are never cut and then filled anew within one sync: of
    /// those, the sectors of before and after would mix, as on no disk.
    fn can_tear(&self) -> bool {
        [".db", "-wal"].iter().any(|end| self.name.ends_with(end))
    }
}

/// Lets some of the unsynced sectors arrive: none, all, or a share in between. Sectors before the last one to arrive that did not
/// arrive themselves are zero if the file did not reach there. An unsynced cut arrives or does not.
fn tear(durable: &mut Vec<u8>, written: &[u8], chance: &mut Chance) {
    if written.len() < durable.len() {
        if chance.below(2) == 0 {
            durable.truncate(written.len());
        }
        return;
    }
    let eighths = chance.below(9);
    for (place, sector) in written.chunks(SECTOR).enumerate() {
        let start = place * SECTOR;
        let end = start + sector.len();
        if durable.get(start..end) == Some(sector) || chance.below(8) >= eighths {
            continue;
        }
        if durable.len() < end {
            durable.resize(end, 0);
        }
        durable[start..end].copy_from_slice(sector);
    }
}
