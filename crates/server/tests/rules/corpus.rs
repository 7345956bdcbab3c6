//! Texts that have broken into databases, for every place that takes text.

/// What closes a string, a parenthesis or an escape that the text might have been pasted into.
const OPENINGS: [&str; 12] =
    ["", "'", "\"", "`", "')", "\")", "'))", "\\'", "%'", "%27", "1", "0x31"];

/// What would then be done.
const PAYLOADS: [&str; 30] = [
    " OR 1=1--",
    " OR '1'='1",
    " OR \"1\"=\"1\"--",
    " AND 1=0 UNION SELECT NULL--",
    " UNION ALL SELECT id,digest,handle,pepper FROM api_keys--",
    " UNION SELECT sql FROM sqlite_schema--",
    "; DROP TABLE api_keys;--",
    "; DELETE FROM audit_records;--",
    "; UPDATE users SET role='admin';--",
    "; INSERT INTO users DEFAULT VALUES;--",
    "; PRAGMA writable_schema=ON;--",
    "; ATTACH DATABASE 'x.db' AS x;--",
    "; VACUUM INTO 'y.db';--",
    "; SELECT load_extension('z');--",
    "; SELECT pg_sleep(10);--",
    "; COMMIT; BEGIN;--",
    "/**/OR/**/1=1/*",
    "#",
    "\n--\n OR 1=1",
    " ORDER BY 99--",
    " LIMIT -1 OFFSET 0--",
    " LIKE '%' ESCAPE '",
    "||(SELECT hex(digest) FROM api_keys LIMIT 1)||",
    " AND (SELECT count(*) FROM api_keys) > 0--",
    " GLOB '*",
    " COLLATE NOCASE--",
    "$1",
    "?1",
    ":name",
    "->>'$.details'",
];

/// Patterns that a careless search takes for wild cards, and literals in odd spellings.
const LITERALS: [&str; 16] = [
    "%", "_", "%%", "_%", "\\", "\\%", "\\_", "[a-z]%", "*", "?", "NULL", "x'00'", "true", "NaN",
    "1e309", "{{7*7}}",
];

/// Every opening with a payload behind it, and the literals: 376 texts.
pub(crate) fn corpus() -> Vec<String> {
    let pasted = OPENINGS
        .iter()
        .flat_map(|opening| PAYLOADS.iter().map(move |payload| format!("{opening}{payload}")));
    pasted.chain(LITERALS.iter().map(|text| (*text).to_owned())).collect()
}
