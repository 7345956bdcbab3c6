//! The catalogue of errors, to read: what the `type` of a problem on our own routes leads to.

use maud::html;

use super::page;
use crate::problem::ProblemKind;

/// Renders the page: a section for each kind of problem, found by the fragment of its type.
pub(super) fn errors_page() -> String {
    let content = html! {
        h1 { "Errors" }
        p {
            "A request that fails is answered with a problem document (RFC 9457). Its " code { "type" } " names one of these kinds, its "
            code { "detail" } " says what is wrong with this request. If you ask for help, include the " code { "X-Request-Id" }
            " of the answer: the server's log has more under it."
        }
        p { "Under " code { "/v2" } " the types have the addresses that the API's contract gives them, with the same fragments." }
        @for kind in ProblemKind::ALL {
            section id=(kind.fragment()) {
                h3 { (kind.status().as_u16()) " " (kind.title()) }
                p { (kind.meaning()) }
            }
        }
    };
    page::document("Errors", &content)
}
