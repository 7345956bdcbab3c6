//! Permission expressions: what is read is printed as the same, and what is refused is refused at a place in the text.
#![no_main]

use claviger_verify::{Expression, Name, Place};
use libfuzzer_sys::fuzz_target;

fn plain(expression: &Expression<Name>) -> Expression<String> {
    let Ok(plain) =
        expression.resolve(&mut |name| Ok::<_, std::convert::Infallible>(name.to_string()));
    plain
}

fuzz_target!(|text: &str| {
    let expression = match Expression::parse(text) {
        Ok(expression) => plain(&expression),
        Err(error) => {
            assert!(matches!(error.place, Place::Byte(offset) if text.is_char_boundary(offset)));
            return;
        }
    };
    assert!(text.chars().count() <= Expression::MAX_CHARS);
    // Without `NOT`, everything holds for who has all, and nothing for who has none.
    assert!(expression.holds(&|_| true) && !expression.holds(&|_| false));
    // Printing adds one space around operators, so it may be longer than what is read.
    let printed = expression.to_string();
    if printed.chars().count() <= Expression::MAX_CHARS {
        assert_eq!(Expression::parse(&printed).map(|again| plain(&again)), Ok(expression));
    }
});
