//! Proof that a database was created with this pepper.
//!
//! It is a MAC under the pepper over what makes a database this one: how its audit log began, the steps of its schema, and the
//! installation in it. It is kept in the database, where somebody without the pepper can delete it and cannot make one.
//!
//! Rule: whether a log is sealed is never read from anything that can be written without the pepper. The head of the chain is a MAC
//! over this proof too, so a proof that was good once does not fit a later head.

use hmac::Mac as _;
use subtle::ConstantTimeEq as _;

use crate::pepper::{PepperId, PepperRing};

const CONTEXT: &[u8] = b"clv-database-v1\0";

/// How the audit log of a database began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseOrigin {
    /// With the database.
    Created,
    /// Under a version of Claviger that made no proofs. Its log was sealed then already.
    Adopted,
}

impl DatabaseOrigin {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Created, Self::Adopted];

    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Adopted => "adopted",
        }
    }
}

/// What makes a database this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseIdentity {
    /// How its audit log began.
    pub origin: DatabaseOrigin,
    /// The last step of its schema.
    pub schema_version: i64,
    /// A digest of all steps up to that one.
    pub schema_steps: [u8; 32],
    /// The tag in all its keys.
    pub tag: String,
    /// The key that object ids are made under.
    pub id_key: [u8; 32],
    /// When it was made, in microseconds since 1970.
    pub created_at: i64,
}

/// A MAC over a [`DatabaseIdentity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseProof {
    /// The pepper it was made under.
    pub pepper: PepperId,
    /// The MAC.
    pub mac: [u8; 32],
}

impl PepperRing {
    /// Makes the proof of a database under the primary pepper.
    pub fn prove(&self, identity: &DatabaseIdentity) -> DatabaseProof {
        let pepper = self.primary();
        DatabaseProof { pepper, mac: self.database_mac(pepper, identity).unwrap_or_default() }
    }

    /// Whether the proof was made with a pepper of this ring, for this database.
    pub fn proves(&self, proof: &DatabaseProof, identity: &DatabaseIdentity) -> bool {
        let mac = self.database_mac(proof.pepper, identity);
        mac.is_some_and(|mac| mac.ct_eq(&proof.mac).into())
    }

    fn database_mac(&self, pepper: PepperId, identity: &DatabaseIdentity) -> Option<[u8; 32]> {
        let mut mac = self.mac(pepper)?;
        mac.update(CONTEXT);
        mac.update(&identity.schema_version.to_be_bytes());
        mac.update(&identity.created_at.to_be_bytes());
        mac.update(&identity.schema_steps);
        mac.update(&identity.id_key);
        for text in [identity.origin.name(), &identity.tag] {
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        Some(mac.finalize().into_bytes().into())
    }
}
