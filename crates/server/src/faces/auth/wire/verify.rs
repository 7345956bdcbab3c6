//! Verifying keys, on the wire. Not part of Arize's API; the same for every client.

use claviger_domain::{Caller, KeyText, KeyType, ObjectKind, Permission, Refusal, UserKind};
use claviger_store::{GetSelf, IdOrName, Question, Verified, VerifyScope};
use claviger_verify::{Code, Expression, ExpressionError, Facts, Name, Place};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::ApiError;
use crate::input::body::{Object, present};
use crate::input::element::Element;
use crate::input::query::FromQuery;
use crate::input::{Client, Limit, Query, RequestBody};
use crate::openapi::ProblemBody;
use crate::problem::Problem;
use crate::wire::id::WireId;
use crate::wire::{Format, View, id};

/// The most keys of one request.
const MAX_ITEMS: usize = 1_000;

/// A key to verify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyKey)]
pub(crate) struct VerifyBody {
    /// The key that you were shown. Malformed keys are answered like unknown ones.
    #[schema(value_type = String)]
    key: PresentedText,
    /// Permissions that the key must have.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<PermissionsSchema>, nullable = false)]
    permissions: Option<Permissions>,
    /// The place in which it must have them; default: the account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<ScopeBody>, nullable = false)]
    scope: Option<Object<ScopeBody>>,
}

/// What may be a key: not printed.
#[derive(Deserialize)]
#[serde(transparent)]
struct PresentedText(String);

/// A place: exactly one member, with the id of the place or its name. A name that belongs to several is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyScope)]
pub(crate) struct ScopeBody {
    /// An organization.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1)]
    organization: Option<String>,
    /// A space.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1)]
    space: Option<String>,
    /// A project.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1)]
    project: Option<String>,
}

/// Permissions: an expression, or lists of names.
#[derive(ToSchema)]
#[schema(as = PermissionExpression)]
#[serde(untagged)]
#[expect(dead_code, reason = "this type only describes")]
enum PermissionsSchema {
    /// Names, `AND`, `OR` and parentheses, such as `PROJECT_READ AND (PROJECT_UPDATE OR SPACE_UPDATE)`. `AND` binds more tightly. At most
    /// 1,000 characters.
    Expression(String),
    /// All of some names, and at least one of others.
    Lists(ListsBody),
}

/// All of some permissions, and at least one of others. 100 names at most.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PermissionLists)]
struct ListsBody {
    /// The key must have all of these.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_items = 1)]
    all: Option<Vec<String>>,
    /// The key must have at least one of these.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_items = 1)]
    any: Option<Vec<String>>,
}

/// Permissions as they were sent.
enum Permissions {
    Expression(String),
    Lists(ListsBody),
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PermissionsVisitor;

        impl<'de> Visitor<'de> for PermissionsVisitor {
            type Value = Permissions;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(r#"an expression, or {"all": [names], "any": [names]}"#)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Permissions, E> {
                Ok(Permissions::Expression(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Permissions, A::Error> {
                ListsBody::deserialize(MapAccessDeserializer::new(map)).map(Permissions::Lists)
            }
        }

        deserializer.deserialize_any(PermissionsVisitor)
    }
}

impl Permissions {
    fn read(&self) -> Result<Expression<Permission>, Refusal> {
        let expression = match self {
            Self::Expression(text) => Expression::parse(text),
            Self::Lists(ListsBody { all, any }) => {
                Expression::from_lists(all.as_deref(), any.as_deref())
            }
        };
        let mut find =
            |name: &Name| Permission::parse(name.as_str()).ok_or_else(|| name.undefined());
        let resolved = expression.and_then(|expression| expression.resolve(&mut find));
        resolved.map_err(|error| refusal(&error))
    }
}

/// Names the member that is at fault; what is in a text is named by its byte.
fn refusal(error: &ExpressionError) -> Refusal {
    let field = match error.place {
        Place::Byte(_) | Place::Whole => "permissions".to_owned(),
        Place::List(list) => format!("permissions.{list}"),
        Place::Entry(list, index) => format!("permissions.{list}[{index}]"),
    };
    Refusal::invalid(field, error.to_string())
}

impl ScopeBody {
    fn read(self, format: Format<'_>) -> Result<VerifyScope, Refusal> {
        match (self.organization, self.space, self.project) {
            (Some(text), None, None) => Ok(VerifyScope::Organization(named(format, text))),
            (None, Some(text), None) => Ok(VerifyScope::Space(named(format, text))),
            (None, None, Some(text)) => Ok(VerifyScope::Project(named(format, text))),
            _ => {
                let reason = "it must have exactly one of organization, space, project";
                Err(Refusal::invalid("scope", reason))
            }
        }
    }
}

/// What has the form of an id is one. No name has a NUL, and PostgreSQL takes none in a text.
fn named<Id: WireId>(format: Format<'_>, text: String) -> IdOrName<Id> {
    let kind: ObjectKind = Id::KIND;
    if text.contains('\0') {
        return IdOrName::Id(Id::of(Default::default()));
    }
    if kind.check_form(&text).is_err() {
        return IdOrName::Name(text);
    }
    IdOrName::Id(Id::of(format.codec.decode(kind, &text).unwrap_or_default()))
}

/// The place that a key asks about: at most one.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) struct OwnScope {
    /// Id or name of an organization
    organization: Option<String>,
    /// Id or name of a space
    space: Option<String>,
    /// Id or name of a project
    project: Option<String>,
}

impl FromQuery for OwnScope {
    type Read = GetSelf;

    fn from_query(raw: Option<&str>, client: &Client) -> Result<GetSelf, Refusal> {
        let query = Query::read(raw, &["organization", "space", "project"], &[])?;
        let text = |name| query.get(name).map(str::to_owned);
        let (organization, space, project) = (text("organization"), text("space"), text("project"));
        let scope = match (&organization, &space, &project) {
            (None, None, None) => VerifyScope::Account,
            _ => ScopeBody { organization, space, project }.read(client.format())?,
        };
        Ok(GetSelf { scope })
    }
}

impl RequestBody for VerifyBody {
    type Path = ();
    type Command = Question;
    const LIMIT: Limit = Limit::REFRESH;

    fn read(self, (): (), format: Format<'_>) -> Result<Question, Refusal> {
        let permissions = self.permissions.as_ref().map(Permissions::read).transpose()?;
        let scope = self.scope.map(|Object(scope)| scope.read(format)).transpose()?;
        Ok(Question {
            key: KeyText::parse(&self.key.0).ok(),
            permissions,
            scope: scope.unwrap_or(VerifyScope::Account),
        })
    }
}

/// Keys to verify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyKeys)]
pub(crate) struct VerifyBatchBody {
    /// The keys. What is wrong with one changes nothing for the others.
    #[schema(value_type = Vec<VerifyBody>, min_items = 1, max_items = 1000)]
    items: Vec<Element>,
}

impl RequestBody for VerifyBatchBody {
    type Path = ();
    type Command = Vec<Result<Question, Problem>>;
    const LIMIT: Limit = Limit::CREATE;

    fn read(self, (): (), format: Format<'_>) -> Result<Self::Command, Refusal> {
        if !(1..=MAX_ITEMS).contains(&self.items.len()) {
            return Err(Refusal::invalid("items", "it must have 1 to 1,000 entries"));
        }
        let read = |item: Element| {
            let body = item.decode::<VerifyBody>()?;
            body.read((), format).map_err(|refusal| ApiError::from(refusal).into_problem())
        };
        Ok(self.items.into_iter().map(read).collect())
    }
}

/// What comes of a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationView {
    /// Whether the key is accepted for what was asked.
    valid: bool,
    code: CodeView,
    /// The key, if it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key: Option<VerifiedKeyView>,
    /// Whom the key acts for, if it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    principal: Option<PrincipalView>,
    /// All permissions of the key in the place that was asked about, if it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permissions: Option<Vec<&'static str>>,
}

/// `VALID`; or why not: `NOT_FOUND` (also malformed), `REVOKED`, `EXPIRED`, `DISABLED` (whom it acts for was removed), `PERMISSION`. Without
/// `KEY_VERIFY_REASON`, every reason is `NOT_FOUND`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = VerificationCode)]
enum CodeView {
    Valid,
    NotFound,
    Revoked,
    Expired,
    Disabled,
    Permission,
}

impl From<Code> for CodeView {
    fn from(code: Code) -> Self {
        match code {
            Code::Valid => Self::Valid,
            Code::NotFound => Self::NotFound,
            Code::Revoked => Self::Revoked,
            Code::Expired => Self::Expired,
            Code::Disabled => Self::Disabled,
            Code::Permission => Self::Permission,
        }
    }
}

/// A key that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifiedKey)]
struct VerifiedKeyView {
    id: id::ApiKey,
    name: String,
    key_type: KeyTypeView,
    /// Time of expiry: the key is valid before it, not from it on. Absent if the key never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, nullable = false)]
    expires_at: Option<String>,
}

/// What a key stands for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = VerifiedKeyType)]
enum KeyTypeView {
    User,
    Service,
}

/// Whom a key acts for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Principal)]
struct PrincipalView {
    #[serde(rename = "type")]
    kind: PrincipalKind,
    id: id::User,
    name: String,
}

/// A person, or the bot user of a service key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = PrincipalType)]
enum PrincipalKind {
    User,
    Bot,
}

/// The key of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Self)]
pub(crate) struct SelfView {
    key: VerifiedKeyView,
    principal: PrincipalView,
    /// All permissions of the key in the place that was asked about.
    permissions: Vec<&'static str>,
}

impl View<Facts> for SelfView {
    fn of(format: Format<'_>, Facts { holder, held }: Facts) -> Self {
        let Caller { key, user, .. } = holder;
        Self {
            key: VerifiedKeyView {
                id: format.id(key.id),
                name: key.name.as_str().to_owned(),
                key_type: match key.key_type {
                    KeyType::User => KeyTypeView::User,
                    KeyType::Service => KeyTypeView::Service,
                },
                expires_at: key.expires_at.map(|at| at.to_string()),
            },
            principal: PrincipalView {
                kind: match user.kind {
                    UserKind::Person => PrincipalKind::User,
                    UserKind::Bot => PrincipalKind::Bot,
                },
                id: format.id(user.id),
                name: user.name,
            },
            permissions: held.iter().map(Permission::name).collect(),
        }
    }
}

impl View<Verified> for VerificationView {
    fn of(format: Format<'_>, Verified { code, accepted, .. }: Verified) -> Self {
        let (valid, code) = (code.is_valid(), code.into());
        let Some(facts) = accepted else {
            return Self { valid, code, key: None, principal: None, permissions: None };
        };
        let SelfView { key, principal, permissions } = SelfView::of(format, facts);
        let (key, principal) = (Some(key), Some(principal));
        Self { valid, code, key, principal, permissions: Some(permissions) }
    }
}

/// What comes of several keys, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verifications)]
pub(crate) struct VerificationsView {
    pub(crate) results: Vec<BatchResultView>,
}

/// What comes of one of several keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = BatchResult)]
pub(crate) enum BatchResultView {
    /// What comes of the key.
    Verified(VerificationView),
    /// What is wrong with the item.
    Refused(RefusedItemView),
}

/// What is wrong with an item of a request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedItem)]
pub(crate) struct RefusedItemView {
    #[schema(value_type = ProblemBody)]
    pub(crate) error: Problem,
}
