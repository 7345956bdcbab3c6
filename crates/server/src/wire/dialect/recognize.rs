//! Recognizes clients by their headers (docs/contract/dialects.md#recognition).

use axum::http::{HeaderMap, header};

use super::{Dialect, table};

/// The languages that official clients are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Go,
    Python,
    JavaScript,
    Rust,
}

/// Chooses a dialect by hand: `A` to `E`. For clients behind proxies that strip the identification headers.
const CHOICE: &str = "claviger-dialect";
/// Longer values are not looked at.
const MAX_LEN: usize = 64;

/// The dialect of a request. What is not recognised gets `otherwise`.
pub(crate) fn recognize(headers: &HeaderMap, otherwise: Dialect) -> Dialect {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?.trim();
        (value.len() <= MAX_LEN).then_some(value)
    };
    if let Some(chosen) = text(CHOICE).and_then(Dialect::by_letter) {
        return chosen;
    }
    let language = text("sdk-language").map(str::to_ascii_lowercase);
    let version = text("sdk-version").and_then(version);
    let (language, version) = match (language.as_deref(), version) {
        (Some("go"), Some(version)) => (Language::Go, version),
        (Some("python"), Some(version)) => (Language::Python, version),
        (Some("javascript"), Some(version)) => (Language::JavaScript, version),
        (Some("rust"), Some(version)) => (Language::Rust, version),
        (None, None) if is_early_python(headers) => (Language::Python, (0, 0, 0)),
        _ => return otherwise,
    };
    let band = table::BANDS.iter().rfind(|band| band.language == language && band.from <= version);
    band.map_or(otherwise, |band| band.dialect)
}

/// `major.minor.patch`; whatever follows the numbers is a suffix and does not count.
fn version(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.trim_start_matches('v').splitn(3, '.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse::<u16>().ok()
    });
    Some((parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)))
}

/// Python clients before 8.22.4 bring nothing but the user agent of their generator.
fn is_early_python(headers: &HeaderMap) -> bool {
    headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|agent| agent.starts_with("OpenAPI-Generator/") && agent.ends_with("/python"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(headers: &[(&'static str, &'static str)]) -> &'static str {
        let headers = headers
            .iter()
            .map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        recognize(&headers, Dialect::NEWEST).letter
    }

    #[test]
    fn versions_fall_into_their_bands() {
        let cases = [
            ("go", "0.7.0", "A"),
            ("go", "0.11.0", "A"),
            ("go", "0.12.0", "B"),
            ("go", "0.18.0", "C"),
            ("go", "0.22.0", "D"),
            ("go", "1.0.0-beta.1", "D"),
            ("python", "8.31.0", "A"),
            ("python", "8.39.0", "B"),
            ("python", "8.40.0", "C"),
            ("python", "8.57.1", "D"),
            ("python", "8.61.0", "E"),
            ("javascript", "1.17.9", "A"),
            ("javascript", "1.23.0", "B"),
            ("javascript", "1.24.0", "C"),
            ("javascript", "1.28.0", "D"),
            ("rust", "0.1.0", "E"),
        ];
        for (language, version, expected) in cases {
            let found = letter(&[("sdk-language", language), ("sdk-version", version)]);
            assert_eq!(found, expected, "{language} {version}");
        }
    }

    #[test]
    fn whoever_is_not_recognised_gets_the_newest() {
        for headers in [
            &[][..],
            &[("user-agent", "curl/8.5.0")],
            &[("sdk-language", "go")],
            &[("sdk-language", "go"), ("sdk-version", "new")],
            &[("sdk-language", "cobol"), ("sdk-version", "1.2.3")],
            &[("sdk-language", "go"), ("sdk-version", "99999999999.1.1")],
        ] {
            assert_eq!(letter(headers), "E", "{headers:?}");
        }
    }

    #[test]
    fn an_early_python_client_is_known_by_its_generator() {
        assert_eq!(letter(&[("user-agent", "OpenAPI-Generator/1.0.0/python")]), "A");
    }

    #[test]
    fn a_dialect_can_be_chosen_by_hand() {
        let python = [("sdk-language", "python"), ("sdk-version", "8.61.0")];
        assert_eq!(letter(&[("claviger-dialect", "b"), python[0], python[1]]), "B");
        assert_eq!(letter(&[("claviger-dialect", "z"), python[0], python[1]]), "E");
    }
}
