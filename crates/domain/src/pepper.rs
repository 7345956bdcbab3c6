//! The pepper ring: keys of the MAC under which key digests are kept. It lives in a file, never in the database.
//!
//! Rule: a database whose peppers are not all at hand does not open. Starting with the wrong ring would refuse every key in silence.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, Mac as _};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::ambient::{Entropy, EntropyUnavailable};
use crate::mac;

const MAX_PEPPERS: usize = 8;
const CHECK_CONTEXT: &[u8] = b"clv-pepper-check-v1\0";

/// Which pepper of the ring a digest was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PepperId(pub u8);

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Pepper([u8; 32]);

/// Up to eight peppers, one of them the primary that new digests are made with.
#[derive(Clone)]
pub struct PepperRing {
    primary: PepperId,
    peppers: BTreeMap<PepperId, Pepper>,
}

/// What the database keeps of a pepper, to recognise it by: tells nothing of the pepper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PepperCheck {
    /// Which pepper.
    pub pepper: PepperId,
    /// A MAC over a constant.
    pub value: [u8; 32],
}

/// The pepper file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPepperFile {
    /// Not the JSON that was written.
    #[error(
        "it is not of the form {{\"primary\":1,\"peppers\":{{\"1\":\"64 hexadecimal digits\"}}}}"
    )]
    Malformed,
    /// The primary is not in the ring.
    #[error("its primary pepper is not among its peppers")]
    NoPrimary,
    /// None, or more than eight.
    #[error("it must hold 1 to 8 peppers")]
    Count,
}

/// The ring does not fit the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PepperMismatch {
    /// The database refers to a pepper that the ring has not got.
    #[error("the database was made with pepper {}, which the pepper file does not hold", .0.0)]
    Missing(PepperId),
    /// The ring has a pepper of that number, but another one.
    #[error("pepper {} of the pepper file is not the one that the database was made with", .0.0)]
    Different(PepperId),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    primary: u8,
    #[serde(deserialize_with = "each_once")]
    peppers: BTreeMap<u8, String>,
}

/// Reads the peppers; a file with two of one number could be read in two ways.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u8, String>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<u8, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut peppers = BTreeMap::new();
            while let Some((id, pepper)) = map.next_entry()? {
                if peppers.insert(id, pepper).is_some() {
                    return Err(serde::de::Error::custom("a pepper is given twice"));
                }
            }
            Ok(peppers)
        }
    }

    deserializer.deserialize_map(EachOnce)
}

impl PepperRing {
    /// A ring of one new pepper.
    ///
    /// # Errors
    ///
    /// [`EntropyUnavailable`] if there is no randomness to be had.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyUnavailable> {
        let mut pepper = Pepper([0; 32]);
        entropy.fill(&mut pepper.0)?;
        let primary = PepperId(1);
        Ok(Self { primary, peppers: BTreeMap::from([(primary, pepper)]) })
    }

    /// Reads a pepper file.
    ///
    /// # Errors
    ///
    /// [`InvalidPepperFile`], which never repeats what the file holds.
    pub fn parse(text: &str) -> Result<Self, InvalidPepperFile> {
        // A derived reader would take an array for the object, by position.
        if !text.trim_start().starts_with('{') {
            return Err(InvalidPepperFile::Malformed);
        }
        let file: File = serde_json::from_str(text).map_err(|_| InvalidPepperFile::Malformed)?;
        if file.peppers.is_empty() || file.peppers.len() > MAX_PEPPERS {
            return Err(InvalidPepperFile::Count);
        }
        let mut peppers = BTreeMap::new();
        for (id, mut hex) in file.peppers {
            let decoded = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes());
            hex.zeroize();
            let bytes: [u8; 32] = decoded
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(InvalidPepperFile::Malformed)?;
            peppers.insert(PepperId(id), Pepper(bytes));
        }
        let primary = PepperId(file.primary);
        if !peppers.contains_key(&primary) {
            return Err(InvalidPepperFile::NoPrimary);
        }
        Ok(Self { primary, peppers })
    }

    /// The text of the pepper file. Secret: for that file only.
    pub fn reveal(&self) -> String {
        let hex = |pepper: &Pepper| data_encoding::HEXLOWER.encode(&pepper.0);
        let peppers = self.peppers.iter().map(|(id, pepper)| (id.0, hex(pepper))).collect();
        let file = File { primary: self.primary.0, peppers };
        serde_json::to_string(&file).unwrap_or_default() + "\n"
    }

    /// The pepper that new digests are made with.
    pub fn primary(&self) -> PepperId {
        self.primary
    }

    /// A MAC under one of the peppers, or nothing if the ring has not got it.
    pub(crate) fn mac(&self, pepper: PepperId) -> Option<Hmac<Sha256>> {
        Some(mac::keyed(&self.peppers.get(&pepper)?.0))
    }

    /// What a database should keep to recognise the peppers of this ring by.
    pub fn checks(&self) -> Vec<PepperCheck> {
        let check = |&pepper: &PepperId| {
            let mut mac = self.mac(pepper)?;
            mac.update(CHECK_CONTEXT);
            Some(PepperCheck { pepper, value: mac.finalize().into_bytes().into() })
        };
        self.peppers.keys().filter_map(check).collect()
    }

    /// Holds the ring against what a database kept.
    ///
    /// # Errors
    ///
    /// [`PepperMismatch`] names the first pepper that is missing or another one.
    pub fn fits(&self, kept: &[PepperCheck]) -> Result<(), PepperMismatch> {
        let ours = self.checks();
        for kept in kept {
            match ours.iter().find(|check| check.pepper == kept.pepper) {
                None => return Err(PepperMismatch::Missing(kept.pepper)),
                Some(check) if check.value != kept.value => {
                    return Err(PepperMismatch::Different(kept.pepper));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PepperRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PepperRing")
            .field("primary", &self.primary)
            .field("peppers", &self.peppers.keys())
            .finish()
    }
}
