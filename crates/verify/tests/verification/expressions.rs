//! Permission expressions: what is read, what is refused and where, and what holds.

use claviger_verify::{Expression, ExpressionError, Name, Place};
use proptest::prelude::*;

use crate::property::{cases, check};

/// An expression without the places of its names, to compare.
type Plain = Expression<String>;

fn plain(expression: &Expression<Name>) -> Plain {
    expression.resolve(&mut |name| Ok::<_, ()>(name.to_string())).unwrap()
}

fn read(text: &str) -> Plain {
    plain(&Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

fn error(text: &str) -> String {
    Expression::parse(text).unwrap_err().to_string()
}

fn one(name: &str) -> Plain {
    Expression::Permission(name.to_owned())
}

fn names(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn and_binds_more_tightly_than_or() {
    let (a, b, c) = (one("a:b"), one("c:d"), one("PROJECT_READ"));
    let both = Expression::All(vec![b.clone(), c.clone()]);
    assert_eq!(read("a:b OR c:d AND PROJECT_READ"), Expression::Any(vec![a.clone(), both]));
    let either = Expression::Any(vec![a.clone(), b.clone()]);
    assert_eq!(read("(a:b OR c:d) AND PROJECT_READ"), Expression::All(vec![either, c.clone()]));
    assert_eq!(read("a:b AND c:d AND PROJECT_READ"), Expression::All(vec![a, b, c]));
}

#[test]
fn space_and_needless_parentheses_mean_nothing() {
    assert_eq!(read(" \t\r\n( ( a:b ))  "), one("a:b"));
    assert_eq!(read("(a:b)AND(c:d)"), read("a:b AND c:d"));
}

#[test]
fn names_may_have_digits_and_signs_after_a_letter() {
    for name in ["a:b", "orders:read", "a9_.-:b9_.-", "PROJECT_READ", "A", "ANDROID", "OR_NOT"] {
        assert_eq!(read(name), one(name));
    }
}

#[test]
fn an_error_names_the_byte_and_what_was_expected() {
    let permission = "the name of a permission, such as `orders:read` or `PROJECT_READ`";
    let or_open = format!("{permission}, or `(`");
    for (text, expected, byte) in [
        ("", or_open.as_str(), 0),
        ("   ", &or_open, 3),
        ("AND", &or_open, 0),
        ("a:b AND", &or_open, 7),
        ("a:b AND OR c:d", &or_open, 8),
        ("()", &or_open, 1),
        ("a:b OR *", &or_open, 7),
        ("NOT a:b", "`AND`, `OR` or the end", 4),
        ("a:b and c:d", "`AND`, `OR` or the end", 4),
        ("a:b c:d", "`AND`, `OR` or the end", 4),
        ("a:b)", "`AND`, `OR` or the end", 3),
        ("a:b, c:d", "`AND`, `OR` or the end", 3),
        ("(a:b", "`AND`, `OR` or `)`", 4),
        ("(a:b c:d)", "`AND`, `OR` or `)`", 5),
        ("orders", permission, 0),
        ("a:b OR orders:*", permission, 7),
        ("a:b OR Orders:read", permission, 7),
        ("a:b:c", permission, 0),
        (":b", permission, 0),
        ("a:", permission, 0),
        ("project_read", permission, 0),
        ("_PROJECT", permission, 0),
        ("a:b OR é:b", &or_open, 7),
        ("a:b\u{a0}", "`AND`, `OR` or the end", 3),
        ("a:b\0", "`AND`, `OR` or the end", 3),
    ] {
        assert_eq!(error(text), format!("expected {expected} at byte {byte}"), "{text:?}");
    }
}

#[test]
fn an_expression_has_at_most_1000_characters() {
    let longest = format!("a:b{}", " ".repeat(997));
    assert_eq!(read(&longest), one("a:b"));
    let expected = "expected the end (an expression has at most 1,000 characters) at byte";
    assert_eq!(error(&format!("{longest} ")), format!("{expected} 1000"));
    assert_eq!(error(&"é".repeat(1_001)), format!("{expected} 2000"), "characters, not bytes");
}

#[test]
fn a_name_has_at_most_128_characters() {
    let longest = format!("a:{}", "b".repeat(126));
    assert_eq!(read(&longest), one(&longest));
    let too_long = format!("x:y OR {longest}b");
    assert_eq!(error(&too_long), "expected a name of at most 128 characters at byte 7");
}

#[test]
fn at_most_32_parentheses_are_open_at_a_time() {
    let nested = |depth| format!("{}a:b{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(read(&nested(32)), one("a:b"));
    let expected = "expected no further `(` (at most 32 may be open at a time) at byte 32";
    assert_eq!(error(&nested(33)), expected);
    let in_a_row = "(a:b) AND ".repeat(40) + "(a:b)";
    assert!(matches!(read(&in_a_row), Expression::All(parts) if parts.len() == 41));
}

#[test]
fn lists_mean_all_of_one_and_any_of_the_other() {
    let lists = |all: &[&str], any: &[&str]| {
        let some = |list: &[&str]| (!list.is_empty()).then(|| names(list));
        plain(&Expression::from_lists(some(all).as_deref(), some(any).as_deref()).unwrap())
    };
    assert_eq!(lists(&["a:b", "A"], &[]), read("a:b AND A"));
    assert_eq!(lists(&[], &["a:b", "A"]), read("a:b OR A"));
    let both = lists(&["a:b", "A"], &["c:d", "D"]);
    let has = |held: &[&str]| both.holds(&|name| held.contains(&name.as_str()));
    assert!(has(&["a:b", "A", "D"]));
    assert!(!has(&["a:b", "A"]) && !has(&["a:b", "c:d", "D"]));
}

#[test]
fn an_error_in_a_list_names_the_entry() {
    let refused = |all: Option<&[String]>, any: Option<&[String]>| {
        let ExpressionError { place, expected } = Expression::from_lists(all, any).unwrap_err();
        (place, expected)
    };
    let (good, none) = (names(&["a:b"]), names(&[]));
    let not_names = names(&["a:b", "a:b AND c:d"]);
    let many: Vec<_> = (0..101).map(|place| format!("a:b{place}")).collect();
    assert_eq!(refused(None, None), (Place::Whole, "`all`, `any` or both"));
    assert_eq!(refused(Some(&none), None), (Place::List("all"), "at least one name"));
    assert_eq!(refused(Some(&good), Some(&none)), (Place::List("any"), "at least one name"));
    assert_eq!(refused(Some(&many[1..]), Some(&good)), (Place::Whole, "at most 100 names"));
    assert!(Expression::from_lists(Some(&many[1..]), None).is_ok());
    let expected = "the name of a permission, such as `orders:read` or `PROJECT_READ`";
    assert_eq!(refused(Some(&good), Some(&not_names)), (Place::Entry("any", 1), expected));
    let (_, empty) = refused(Some(&names(&[""])), None);
    assert_eq!(empty, expected);
}

#[test]
fn a_name_that_is_not_defined_is_found_by_its_place() {
    let expression = Expression::parse("A OR (a:b AND c:d)").unwrap();
    let undefined = expression.resolve(&mut |name| {
        if name.as_str() == "c:d" { Err(name.undefined()) } else { Ok(()) }
    });
    let error = undefined.unwrap_err();
    assert_eq!(error.to_string(), "expected the name of a permission that is defined at byte 14");
}

/// The names that made-up expressions have.
const NAMES: [&str; 5] = ["a:b", "orders:read", "PROJECT_READ", "x.y-z:w_1", "A"];

/// What an expression is written as, and what it comes to by hand, for each of the 32 sets of names that may be held.
#[derive(Clone, Debug)]
struct Written {
    text: String,
    /// Bit `n`: whether it holds if the set number `n` is held.
    holds: u32,
    /// How strongly its outermost operator binds: 0 is `OR`, 1 is `AND`, 2 is a name or parentheses.
    binds: u8,
}

/// A name, as written and as by hand.
fn leaf(place: usize) -> Written {
    let holds = (0..32).filter(|set| set >> place & 1 == 1).fold(0, |bits, set| bits | 1 << set);
    Written { text: NAMES[place].to_owned(), holds, binds: 2 }
}

/// Puts parentheses around a part where it needs them, or where it is told to.
fn part(part: &Written, above: u8, space: &str, anyway: bool) -> String {
    let needs = part.binds <= above;
    if needs || anyway { format!("({space}{}{space})", part.text) } else { part.text.clone() }
}

fn written() -> impl Strategy<Value = Written> {
    let space = proptest::sample::select(vec![" ", "  ", "\t", "\n", " \r\n"]);
    (0..NAMES.len()).prop_map(leaf).prop_recursive(5, 40, 4, move |inner| {
        let parts = proptest::collection::vec((inner, any::<bool>()), 2..4);
        (parts, any::<bool>(), space.clone()).prop_map(|(parts, is_and, space)| {
            let (operator, binds) = if is_and { ("AND", 1) } else { ("OR", 0) };
            let texts: Vec<_> =
                parts.iter().map(|(one, anyway)| part(one, binds, space, *anyway)).collect();
            let holds = parts.iter().map(|(one, _)| one.holds);
            let holds = if is_and {
                holds.fold(u32::MAX, |all, one| all & one)
            } else {
                holds.fold(0, |any, one| any | one)
            };
            Written { text: texts.join(&format!("{space}{operator}{space}")), holds, binds }
        })
    })
}

/// What is read holds for the same sets of permissions as by hand; and it is printed as what is read as the same again.
#[test]
fn prop_expressions_hold_as_by_hand() {
    check(cases(1_000), written(), |written| {
        prop_assume!(written.text.len() <= Expression::MAX_CHARS);
        let read = read(&written.text);
        for set in 0..32_u32 {
            let has = |name: &String| {
                let place = NAMES.iter().position(|known| known == name).unwrap();
                set >> place & 1 == 1
            };
            prop_assert_eq!(read.holds(&has), written.holds >> set & 1 == 1, "set {}", set);
        }
        let printed = read.to_string();
        prop_assert_eq!(&plain(&Expression::parse(&printed).unwrap()), &read);
        Ok(())
    });
}

/// Any text is read or refused at a place that is in it.
#[test]
fn prop_every_error_is_at_a_place_in_the_text() {
    check(cases(2_000), "([a-z:A-Z() *é]|AND|OR| ){0,60}", |text| {
        if let Err(ExpressionError { place, .. }) = Expression::parse(&text) {
            let is_in_text = matches!(place, Place::Byte(at) if text.is_char_boundary(at));
            prop_assert!(is_in_text, "{:?}", place);
        }
        Ok(())
    });
}
