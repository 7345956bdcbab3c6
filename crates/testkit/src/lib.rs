//! What the tests share: [`TestServer`], which is the real router over a real database with the clock standing still, and the
//! [`World`] in it.

#![expect(clippy::unwrap_used, reason = "test code")]

mod ambient;
mod damage;
mod database;
mod dump;
mod faults;
pub mod flood;
mod letters;
mod mirror;
mod nginx;
mod response;
mod scanner;
mod server;
mod world;

pub use crate::ambient::{FixedClock, SeededEntropy};
pub use crate::damage::{Damage, DamagedRow, GARBAGE, TABLES_OF_ALL};
pub use crate::database::Beside;
pub use crate::letters::Letters;
pub use crate::mirror::Mirror;
pub use crate::nginx::Nginx;
pub use crate::response::TestResponse;
pub use crate::scanner::Scanner;
pub use crate::server::TestServer;
pub use crate::world::World;
