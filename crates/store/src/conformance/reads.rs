//! Every operation that only reads, carried out once.

use claviger_domain::{BoundTo, KeyType, Name, PredefinedRole, ScopedRole};

use super::fixture::{call_with, own_keys};
use super::retries::Played;
use crate::{
    AcceptClock, Authenticate, CreateProject, CreateRoleBinding, Credential, GetOrganization,
    GetProject, GetRole, GetRoleBinding, GetSelf, GetSpace, GetUser, IdOrName, IssueSignInSecret,
    ListAccounts, ListAuditRecords, ListOrganizations, ListProjects, ListRestrictions,
    ListRoleBindings, ListRoles, ListSpaces, ListUsers, ProveSignInSecret, Question, Request,
    VerifyKey, VerifyKeys, VerifyScope,
};

pub(super) async fn read_everything(played: &Played<'_>) {
    let fixture = &played.fixture;
    let name = Name::parse("to be read").unwrap();
    let space = fixture.space("S1");
    let project = played.run("admin", CreateProject { space, name }).await;
    let bind = CreateRoleBinding {
        user: fixture.user("other"),
        role: PredefinedRole::Space(ScopedRole::ReadOnly).id(),
        place: BoundTo::Space(fixture.space("S2")),
    };
    let binding = played.run("admin", bind).await;
    lists(played).await;
    played.run("admin", GetOrganization { id: fixture.organization("O1") }).await;
    played.run("admin", GetProject { id: project.id }).await;
    played.run("admin", GetRole { id: fixture.role() }).await;
    played.run("admin", GetRoleBinding { id: binding.id }).await;
    played.run("admin", GetSpace { id: space }).await;
    played.run("admin", GetUser { id: fixture.user("other") }).await;
    let minted = fixture.minted(KeyType::User);
    let secret = minted.text.clone();
    let id = fixture.user("outsider");
    played.run("admin", IssueSignInSecret { id, minted, is_mailed: true }).await;
    let request = call_with(secret).with_sign_in_secret();
    fixture.store.execute(request, ProveSignInSecret).await.unwrap();
    fixture.store.execute(Request::host(), ListAccounts).await.unwrap();
    fixture.store.execute(Request::host(), AcceptClock).await.unwrap();
    verification(played).await;
    // Last: what reads for users proves their key before, in a read of its own.
    played.run("admin", Authenticate).await;
}

async fn verification(played: &Played<'_>) {
    let fixture = &played.fixture;
    let Credential::ApiKey(key) = fixture.call("reader").credential else { return };
    let space = VerifyScope::Space(IdOrName::Id(fixture.space("S1")));
    let question = |scope| Question { key: Some(key.clone()), permissions: None, scope };
    let verified = played.run("admin", VerifyKey(question(space))).await.answer;
    assert!(verified.code.is_valid());
    played.run("reader", GetSelf { scope: VerifyScope::Account }).await;
    let questions = vec![
        question(VerifyScope::Organization(named("O1"))),
        question(VerifyScope::Space(named("S1"))),
        question(VerifyScope::Project(named("to be read"))),
    ];
    let verified = played.run("admin", VerifyKeys(questions)).await.answer;
    assert!(verified.iter().all(|one| one.as_ref().unwrap().code.is_valid()), "{verified:?}");
}

fn named<Id>(name: &str) -> IdOrName<Id> {
    IdOrName::Name(name.to_owned())
}

async fn lists(played: &Played<'_>) {
    let limit = 100;
    played.run("member", own_keys()).await;
    let records = ListAuditRecords {
        from: None,
        to: None,
        user: None,
        actions: vec![],
        of_changes: true,
        after: None,
        limit,
    };
    played.run("admin", records).await;
    played.run("member", ListOrganizations { name: None, after: None, limit }).await;
    played.run("member", ListSpaces { organization: None, name: None, after: None, limit }).await;
    let projects = ListProjects { space: None, space_name: None, name: None, after: None, limit };
    played.run("member", projects).await;
    played.run("member", ListRestrictions { of_projects: true, after: None, limit }).await;
    let bindings = ListRoleBindings { in_projects: false, user: None, after: None, limit };
    played.run("member", bindings).await;
    played.run("member", ListRoles { is_predefined: None, after: None, limit }).await;
    played.run("admin", ListUsers { email: None, statuses: vec![], after: None, limit }).await;
}
