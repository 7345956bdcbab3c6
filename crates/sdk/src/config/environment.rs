//! Reading environment variables. All are trimmed, and a blank one is ignored, except the API key: that is taken as it is.

use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Error;

/// Where variables are looked up.
pub(crate) struct Environment<'a>(pub &'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    /// The text as it is; an empty one is ignored.
    pub(crate) fn verbatim(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|text| !text.is_empty())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = (self.0)(name)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    pub(crate) fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| Error::configuration(name, error.to_string()))
    }

    /// A port, 0 meaning the one of the scheme.
    pub(crate) fn port(&self, name: &str) -> Result<Option<u16>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let port = text.parse().map_err(|_| {
            Error::configuration(name, format!("{text:?} is not a port: it must be 0 to 65535"))
        })?;
        Ok(Some(port))
    }

    /// A truth value. Anything unclear is refused: `ARIZE_REQUEST_VERIFY=ture` must not switch verification off.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Some(true)),
            "0" | "false" | "no" | "off" => Ok(Some(false)),
            _ => Err(Error::configuration(name, format!("{text:?} is neither true nor false"))),
        }
    }
}
