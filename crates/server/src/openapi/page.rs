//! The OpenAPI document as a page to read: no scripts, nothing fetched.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

const STYLE: &str = "
:root{color-scheme:light dark;--line:#8883;--soft:#8881}
body{font:16px/1.55 system-ui,sans-serif;max-width:58rem;margin:2rem auto;padding:0 1.2rem}
h1{margin-bottom:0}h2{margin-top:3rem;border-bottom:1px solid var(--line);padding-bottom:.3rem}
section{margin:1.2rem 0;border:1px solid var(--line);border-radius:.5rem;padding:0 1rem .8rem}
h3{font:600 1.05rem ui-monospace,monospace;overflow-wrap:anywhere}
.method{display:inline-block;min-width:4.2rem;text-align:center;border-radius:.3rem;padding:.05rem .4rem;margin-right:.5rem;color:#fff;background:#555}
.get{background:#1d6f42}.post{background:#1456a0}.put,.patch{background:#8a5a00}.delete{background:#a02020}
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.6rem 0 1rem}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-top:1px solid var(--line)}
code{font-family:ui-monospace,monospace;background:var(--soft);border-radius:.2rem;padding:0 .2rem}nav{display:flex;flex-wrap:wrap;gap:0 1rem}nav a{white-space:nowrap}td:first-child code{white-space:nowrap}";

/// What a page may use: its style sheet, known by its hash, and nothing else (CSP 3 §2.3.1).
pub(super) fn policy() -> String {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = BASE64.encode(digest(&SHA256, STYLE.as_bytes()).as_ref());
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    });
    POLICY.clone()
}

/// A whole page.
pub(super) fn document(title: &str, content: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { (content) }
        }
    }
    .into_string()
}

/// Renders the document.
pub(super) fn page(json: &str) -> String {
    let document: Value = serde_json::from_str(json).unwrap_or_default();
    let info = &document["info"];
    let title = format!("{} API", text(&info["title"]));
    let groups = groups(&document);
    let content = html! {
        h1 { (title) }
        p { "Version " (text(&info["version"])) ". " (text(&info["description"])) }
        p { "The document itself: " a href="/openapi.json" { "/openapi.json" } ". " a href="/docs/errors" { "The errors" } "." }
        nav {
            @for (tag, _) in &groups { a href={ "#" (tag) } { (tag) } }
            a href="#schemas" { "schemas" }
        }
        @for (tag, operations) in &groups {
            h2 id=(tag) { (tag) }
            @for (method, path, operation) in operations { (self::operation(method, path, operation)) }
        }
        h2 id="schemas" { "schemas" }
        @for (name, schema) in members(&document["components"]["schemas"]) { (self::schema(name, schema)) }
    };
    self::document(&title, &content)
}

/// An operation with its method and path.
type Operation<'a> = (&'a str, &'a str, &'a Value);

/// Operations by their tag, in the order of the document.
fn groups(document: &Value) -> Vec<(String, Vec<Operation<'_>>)> {
    let mut groups: Vec<(String, Vec<Operation<'_>>)> = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            let tag = text(&operation["tags"][0]).to_owned();
            match groups.iter_mut().find(|(name, _)| *name == tag) {
                Some((_, operations)) => operations.push((method, path, operation)),
                None => groups.push((tag, vec![(method, path, operation)])),
            }
        }
    }
    // What the server is for comes first.
    groups.sort_by_key(|(tag, operations)| (tag == "health", !operations[0].1.starts_with("/v2/")));
    groups
}

/// Text with code between backticks.
fn prose(text: &str) -> Markup {
    html! {
        @for (n, part) in text.split('`').enumerate() {
            @if n % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn operation(method: &str, path: &str, operation: &Value) -> Markup {
    let parameters = items(&operation["parameters"]);
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    html! {
        section id=(text(&operation["operationId"])) {
            h3 { span class={ "method " (method) } { (method.to_uppercase()) } (path) }
            p { strong { (text(&operation["summary"])) } }
            @if let Some(description) = operation["description"].as_str() { p { (prose(description)) } }
            @if !parameters.is_empty() {
                table {
                    tr { th { "Parameter" } th { "In" } th { "Type" } th { "Meaning" } }
                    @for parameter in parameters {
                        tr {
                            td { code { (text(&parameter["name"])) } }
                            td { (text(&parameter["in"])) }
                            td { (kind(&parameter["schema"])) }
                            td { (prose(text(&parameter["description"]))) }
                        }
                    }
                }
            }
            @if !body.is_null() { p { "Body: " (kind(body)) } }
            table {
                tr { th { "Status" } th { "Meaning" } th { "Body" } }
                @for (status, response) in members(&operation["responses"]) {
                    tr {
                        td { code { (status) } }
                        td { (prose(text(&response["description"]))) }
                        td {
                            @for (_, content) in members(&response["content"]) { (kind(&content["schema"])) }
                        }
                    }
                }
            }
        }
    }
}

fn schema(name: &str, schema: &Value) -> Markup {
    let required: Vec<_> = items(&schema["required"]).iter().map(text).collect();
    html! {
        section id={ "schema-" (name) } {
            h3 { (name) }
            p { (prose(text(&schema["description"]))) }
            @if schema["properties"].is_object() {
                table {
                    tr { th { "Member" } th { "Type" } th { "" } th { "Meaning" } }
                    @for (member, value) in members(&schema["properties"]) {
                        tr {
                            td { code { (member) } }
                            td { (kind(value)) }
                            td { @if required.contains(&member) { "always" } }
                            td { (prose(text(&value["description"]))) }
                        }
                    }
                }
            } @else {
                p { (kind(schema)) }
            }
        }
    }
}

/// A schema in a few words, with a link where it has a name.
fn kind(schema: &Value) -> Markup {
    let variants = ["oneOf", "anyOf", "allOf"].iter().flat_map(|word| items(&schema[*word]));
    let variants: Vec<_> = variants.filter(|variant| variant["type"] != "null").collect();
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return html! { a href={ "#schema-" (name) } { (name) } };
    }
    if !variants.is_empty() {
        return html! {
            @for (n, variant) in variants.iter().enumerate() { @if n > 0 { " or " } (kind(variant)) }
        };
    }
    if schema["items"].is_object() {
        return html! { "list of " (kind(&schema["items"])) };
    }
    let types = match &schema["type"] {
        Value::Array(types) => {
            types.iter().map(text).filter(|name| *name != "null").collect::<Vec<_>>().join(" or ")
        }
        other => text(other).to_owned(),
    };
    let values: Vec<_> = items(&schema["enum"]).iter().map(text).collect();
    html! {
        (types)
        @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
        @for (word, bound) in [("from", "minimum"), ("to", "maximum"), ("up to", "maxLength"), ("up to", "maxItems")] {
            @if let Some(bound) = schema[bound].as_i64() { " " (word) " " (bound) }
        }
        @for value in values { " " code { (value) } }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
