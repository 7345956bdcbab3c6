//! Elements of an array that are read one by one, so that what is wrong with one changes nothing for the others.

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::body::describe;
use crate::problem::{Problem, ProblemKind};

/// An element before it is read. Not printed: it may hold a secret.
pub(crate) enum Element {
    /// An object: its members, as often as they were sent.
    Object(Vec<(String, Value)>),
    /// Anything else.
    Other,
}

impl Element {
    /// Reads the members.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let refused = |detail| Problem::new(ProblemKind::InvalidRequest, detail);
        let Self::Object(members) = self else {
            return Err(refused("the item must be an object".to_owned()));
        };
        let members = MapDeserializer::<_, serde_json::Error>::new(members.into_iter());
        serde_path_to_error::deserialize(members).map_err(|error| refused(describe(&error)))
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Element, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Element::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Element, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Element::Other)
    }

    fn visit_unit<E>(self) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Element, E> {
        Ok(Element::Other)
    }
}
