//! The regions of Arize's own service, and where each is reached (docs/client.md#regions).

use std::fmt;
use std::str::FromStr;

/// A region of Arize's own service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `us-central-1a`
    UsCentral1a,
    /// `eu-west-1a`
    EuWest1a,
    /// `ca-central-1a`
    CaCentral1a,
    /// `us-east-1b`
    UsEast1b,
}

impl Region {
    /// Every region that this version knows.
    pub const ALL: [Self; 4] =
        [Self::UsCentral1a, Self::EuWest1a, Self::CaCentral1a, Self::UsEast1b];

    /// The name, as it is written in `ARIZE_REGION`.
    pub fn name(self) -> &'static str {
        match self {
            Self::UsCentral1a => "us-central-1a",
            Self::EuWest1a => "eu-west-1a",
            Self::CaCentral1a => "ca-central-1a",
            Self::UsEast1b => "us-east-1b",
        }
    }

    /// The host that serves the REST API there, over HTTPS.
    pub fn api_host(self) -> String {
        format!("api.{}.arize.com", self.name())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A text that names no region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRegion(String);

impl fmt::Display for UnknownRegion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Region::ALL.iter().map(|region| region.name()).collect();
        write!(formatter, "{:?} is not a region; the regions are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownRegion {}

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|region| region.name() == text);
        found.ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}
