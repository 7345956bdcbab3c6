//! Names and descriptions in bodies, and what clearing a description looks like (docs/contract/README.md#size-limits,
//! docs/contract/dialects.md#other-resources).

use claviger_domain::{Change, Description, Name, Refusal};

use crate::wire::dialect::Dialect;

/// Reads a name.
pub(crate) fn name(text: &str) -> Result<Name, Refusal> {
    Name::parse(text).map_err(|error| Refusal::invalid("name", error.to_string()))
}

/// Reads the description of something new.
pub(crate) fn description(text: Option<&str>) -> Result<Option<Description>, Refusal> {
    let parse = |text| {
        Description::parse(text).map_err(|error| Refusal::invalid("description", error.to_string()))
    };
    text.map_or(Ok(None), parse)
}

/// Reads a change of a description: left out, taken away, or another one.
///
/// `null` takes it away for everybody, and so does the empty text, except for clients whose documentation refuses it.
pub(crate) fn changed_description(
    dialect: &Dialect,
    change: Change<String>,
) -> Result<Change<Description>, Refusal> {
    let text = match change {
        Change::Keep => return Ok(Change::Keep),
        Change::Clear => return Ok(Change::Clear),
        Change::Set(text) => text,
    };
    match description(Some(&text))? {
        Some(description) => Ok(Change::Set(description)),
        None if dialect.empty_description_clears => Ok(Change::Clear),
        None => Err(Refusal::invalid(
            "description",
            "it must not be empty: `null` takes a description away",
        )),
    }
}

/// Refuses a change that changes nothing.
pub(crate) fn at_least_one(given: bool, members: &'static str) -> Result<(), Refusal> {
    if given { Ok(()) } else { Err(Refusal::invalid(members, "at least one of them is required")) }
}
