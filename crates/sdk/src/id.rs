//! What is an id, and what is a name.

use data_encoding::BASE64;

use crate::error::Error;

/// Returns whether a text that may be a name or an id is an id: padded standard base64 of `Type:number` or `Type:number:check`.
///
/// The check is any bytes without a colon: servers write four base64 characters there, so `+` and `/` occur in it. The other clients
/// take whatever decodes to something with a colon, so that a space called `Ojo6` cannot be addressed by its name.
pub(crate) fn is_id(text: &str) -> bool {
    let Ok(decoded) = BASE64.decode(text.as_bytes()) else { return false };
    let mut parts = decoded.split(|byte| *byte == b':');
    let is_type = parts.next().is_some_and(|word| {
        word.first().is_some_and(u8::is_ascii_alphabetic)
            && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
    });
    let is_number = parts
        .next()
        .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit));
    let (_check, rest) = (parts.next(), parts.next());
    is_type && is_number && rest.is_none()
}

/// Refuses what cannot be an id before it becomes part of an address: an id is opaque, but it is base64, and never the key itself.
pub(crate) fn require_id(field: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::input(field, "it must not be empty"));
    }
    if ["ak-", "clvu_", "clvs_", "secret-token:"].iter().any(|prefix| text.starts_with(prefix)) {
        return Err(Error::input(field, "that is a key, not the id of one"));
    }
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    if text.len() > 512 || !text.bytes().all(is_base64) {
        return Err(Error::input(field, "that is not an id, such as `QXBpS2V5OjEwMDE6YUJjRA==`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_the_service_are_ids() {
        for id in [
            "QXBpS2V5OjEwMDE6YUJjRA==",
            "VXNlcjoxMDAxOm5OYkM=",
            "U3BhY2U6MTIzNDU=",
            "T3JnYW5pemF0aW9uOjEyMzQ1",
            "Um9sZToxOlY0S2E=",
            // `Space:5070:lNR+`, `ApiKey:7:ab/+` (fault K1)
            "U3BhY2U6NTA3MDpsTlIr",
            "QXBpS2V5Ojc6YWIvKw==",
        ] {
            assert!(is_id(id), "{id}");
        }
    }

    #[test]
    fn names_are_not_ids() {
        for name in [
            "",
            "main",
            "Ojo6",                           // decodes to `:::`
            "T3JnYW5pemF0aW9uOjEwMDE6eFl6Vw", // an id without its padding
            "U3BhY2U6\nMTIzNDU=",
            "U3BhY2U6bWFpbg==", // `Space:main`
            "my space",
        ] {
            assert!(!is_id(name), "{name:?}");
        }
    }

    #[test]
    fn what_would_change_the_route_is_no_id() {
        for text in ["", ".", "..", "../../openapi.json", "a b", "a?b", "a#b", "a%2Fb", "a\nb", "é"]
        {
            assert!(require_id("api_key_id", text).is_err(), "{text:?}");
        }
        assert!(require_id("api_key_id", "clvu_0123_abc").is_err());
        assert!(require_id("api_key_id", "QXBpS2V5OjEwMDE6YUJjRA==").is_ok());
    }

    proptest! {
        /// Whatever a server puts behind the number is part of an id (fault K1).
        #[test]
        fn prop_any_check_without_a_colon_makes_an_id(
            kind in "[A-Z][A-Za-z]{0,20}",
            number in any::<u64>(),
            check in proptest::collection::vec(any::<u8>().prop_filter("no colon", |byte| *byte != b':'), 0..12),
        ) {
            let mut plain = format!("{kind}:{number}:").into_bytes();
            plain.extend(check);
            prop_assert!(is_id(&BASE64.encode(&plain)));
            prop_assert!(require_id("id", &BASE64.encode(&plain)).is_ok());
            plain.push(b':');
            prop_assert!(!is_id(&BASE64.encode(&plain)), "a fourth part");
        }

        /// Names that people give are names.
        #[test]
        fn prop_a_name_of_words_is_a_name(name in "[a-z]{1,12}([ _.-][a-z0-9]{1,8}){0,3}") {
            prop_assert!(!is_id(&name));
        }
    }
}
