//! Who a connection counts for when something has to be given up.
//!
//! Rule: a trusted proxy is not one client. Its connection counts for the client whose request it carries, so that nobody behind a proxy
//! loses a place to what somebody else behind it holds.

use std::net::{IpAddr, Ipv6Addr};

/// Who a connection counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A client: an IPv4 address, or the /64 network of an IPv6 address, all of which one client has.
    Client(IpAddr),
    /// A proxy's connection by its id: it has carried no request yet, or carries requests of several clients at once.
    Connection(u64),
}

impl Holder {
    /// Returns the holder that stands for the client at this address.
    pub(crate) fn client(address: IpAddr) -> Self {
        Self::Client(network(address))
    }
}

/// Returns the network that stands for a client: whoever has one IPv6 address has the 2⁶⁴ of its network.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)))
        }
    }
}
