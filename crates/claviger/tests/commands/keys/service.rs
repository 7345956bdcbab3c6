//! `claviger keys create-service`.

use super::workplace::Workplace;

#[test]
fn a_service_key_for_one_space() {
    let place = Workplace::new();
    let arguments = ["create-service", "etl", "--space", "Playground", "--space-role", "read-only"];
    insta::assert_snapshot!(place.transcript(&arguments), @r"
    exit 0
    --- stdout
    SECRET
    --- stderr
    Created `ID1`, which never expires. Keep the secret: it is not shown again
    ");
    let roles =
        ["--organization-role", "MEMBER", "--account-role", "member", "--space-role", "admin"];
    let arguments = [&["create-service", "etl", "--space", "Playground"][..], &roles].concat();
    let output = place.run(&arguments);
    let secret = String::from_utf8(output.stdout).unwrap();
    assert!(secret.starts_with("clvs_") && place.works(&secret));
}

#[test]
fn a_service_key_for_several_spaces() {
    let place = Workplace::new();
    let organization = place.variables()["CLAVIGER_ORG_ID"].clone();
    let body = format!("{{\"name\":\"clean\",\"organization_id\":\"{organization}\"}}");
    assert_eq!(place.server.post("/v2/spaces", &place.administrator_key(), &body).0, 201);
    let output = place.run(&[
        "create-service",
        "etl",
        "--bind",
        "organization=Development,space=Playground,space-role=read-only,organization-role=member",
        "--bind",
        "organization=Development,space=clean",
        "--output-file",
        "etl.key",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", place.shown(&output));
    assert!(place.works(&place.read("etl.key")));
    for space in ["Playground", "clean"] {
        assert_eq!(place.listed("name", &["--space", space]), ["etl"], "{space}");
    }
}

#[test]
fn what_is_wrong_with_the_arguments_is_said_before_anything_is_sent() {
    let place = Workplace::new();
    let said = |arguments: &[&str]| {
        let output = place.run(&[&["create-service", "etl"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&[]).contains("--space"));
    assert!(said(&["--space", "a", "--bind", "organization=a,space=b"]).contains("--bind"));
    assert!(said(&["--space", "a", "--space-role", "owner"]).contains("`read-only`"));
    assert!(
        said(&["--bind", "a/b"]).contains("organization, organization-role, space or space-role")
    );
    let roles = [
        "--bind",
        "organization=a,space=b,organization-role=admin",
        "--bind",
        "organization=a,space=c,organization-role=member",
    ];
    assert!(said(&roles).contains("there can be one role in the organization `a`"));
}

#[test]
fn a_space_that_is_not_there_is_named() {
    let place = Workplace::new();
    insta::assert_snapshot!(place.transcript(&["create-service", "etl", "--space", "Nowhere"]), @r#"
    exit 5
    --- stdout
    --- stderr
    error: no key was created
      caused by: there is no space "Nowhere"
    "#);
    let foreign =
        ["create-service", "etl", "--space", "Playground", "--space-role", "Um9sZToxOlY0S2E="];
    insta::assert_snapshot!(place.transcript(&foreign), @r"
    exit 5
    --- stdout
    --- stderr
    error: no key was created
      caused by: api_keys.create_service_key: the server answered 404: there is no such role, or it is not yours to see
    ");
}
