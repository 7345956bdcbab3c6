//! Operations of the host on accounts: create, policy, recover, clock.

mod clock;
mod create;
mod policy;
mod recover;

pub use clock::{AcceptClock, AcceptedClock};
pub use create::{
    CreateAccount, CreatedAccount, CreatedUser, FirstOrganization, FirstRole, FirstSpace,
    FirstUser, HostKey,
};
pub use policy::{ListAccounts, SetPolicy};
pub use recover::RecoverAdministrator;
