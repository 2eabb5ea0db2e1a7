//! Signing in, staying so, and out again.

use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::ExposeSecret as _;
use tokio::time::Instant;

use super::*;

const REFRESHED: &str = "POST /api/auth/refresh_token";
const VERIFY: &str = "POST /api/auth/verify_otp";

fn version(asked: &Asked, wanted: &str) -> Reply {
    if asked.bearer() == Some(wanted) {
        Reply::json(200, json!({"version": "22.3.5", "license_key": "L"}))
    } else {
        error(401, "UNAUTHORIZED", "The access token is over.")
    }
}

#[tokio::test]
async fn a_user_signs_in_without_a_domain_asks_and_signs_out() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        VERSION => version(asked, ACCESS),
        "POST /api/auth/sign_out" => Reply::Whole(200, "", String::new()),
        other => panic!("{other}"),
    })
    .await;
    assert_eq!(pbx.version().await.unwrap().to_string(), "22.3.5");
    let debug = format!("{pbx:?}");
    assert_eq!(debug, format!("Pbx({:?})", server.url));
    pbx.sign_out().await;

    let asked = server.asked();
    assert_eq!(
        asked[0].json(),
        json!({"username": "admin", "password": PASSWORD})
    );
    assert_eq!(asked[0].bearer(), None);
    assert!(
        asked[0].head.contains("content-type: application/json\r\n"),
        "{}",
        asked[0].head
    );
    assert_eq!(asked[2].line, "POST /api/auth/sign_out");
    assert_eq!(
        (asked[2].bearer(), asked[2].body.as_str()),
        (Some(ACCESS), "")
    );
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_pbx_that_hangs_is_not_waited_for_when_signing_out() {
    let (_server, pbx) = signed_in(|_| Reply::Hang).await;
    let began = Instant::now();
    pbx.sign_out().await;
    assert!(began.elapsed() < super::super::GOODBYE * 2);
}

#[tokio::test]
async fn a_one_time_code_finishes_a_sign_in() {
    let (server, access) = pinned(|asked| match asked.line.as_str() {
        SIGN_IN => Reply::json(200, json!({"two_factor_enabled": true, "token": OTP})),
        VERIFY if asked.json()["code"] == CODE => tokens(1),
        VERIFY => error(400, "OTP", &format!("{} is wrong.", asked.json()["code"])),
        VERSION => version(asked, ACCESS),
        other => panic!("{other}"),
    })
    .await;
    let needed = Pbx::sign_in(&access).await.unwrap_err();
    insta::assert_snapshot!(told(&needed, &server), @r"
    https://PBX/api: the PBX demands a one-time code for user admin
    -> Run the same command on a terminal: it asks for the code, which the PBX has sent by e-mail. Where nobody can answer, use a system administrator without two-factor authentication.
    [Unreachable]
    ");
    let PbxError::CodeNeeded(challenge) = needed else {
        panic!("{needed:?}");
    };
    assert_eq!(challenge.user(), "admin");

    let wrong = Pbx::verify(&access, challenge.clone(), &"000000".into())
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&wrong, &server), @r#"
    https://PBX/api: the PBX did not take the one-time code of user admin: "[hidden]" is wrong. [OTP] (HTTP 400)
    -> Run the same command again: the PBX sends a new code.
    [Unreachable]
    "#);

    let pbx = Pbx::verify(&access, challenge, &format!(" {CODE}\n").into())
        .await
        .unwrap();
    assert_eq!(pbx.version().await.unwrap().to_string(), "22.3.5");
    let verified = &server.asked()[2];
    assert_eq!(verified.json(), json!({"token": OTP, "code": CODE}));
}

#[tokio::test]
async fn without_a_password_nothing_is_asked() {
    let (server, mut access) = pinned(|_| Reply::Hang).await;
    access.password = None;
    let error = Pbx::sign_in(&access).await.unwrap_err();
    insta::assert_snapshot!(told(&error, &server), @r"
    https://PBX/api: no password for user admin
    -> Set password-file under [api], or DATAFLOW_PBX_PASSWORD in the environment; on a terminal it is asked for.
    [Unreachable]
    ");
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        REFRESHED => tokens(2),
        VERSION => version(asked, "access-token-2"),
        other => panic!("{other}"),
    })
    .await;
    pbx.inner.session.lock().await.renew_at = Some(Instant::now());
    pbx.version().await.unwrap();
    pbx.version().await.unwrap();
    assert_eq!(server.count(REFRESHED), 1);
    assert_eq!(server.asked()[1].json(), json!({"refresh_token": REFRESH}));
}

#[tokio::test]
async fn given_a_token_that_the_pbx_no_longer_takes_when_several_ask_then_it_is_renewed_once() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        REFRESHED => tokens(2),
        VERSION => version(asked, "access-token-2"),
        other => panic!("{other}"),
    })
    .await;
    let (one, two, three) = tokio::join!(pbx.version(), pbx.version(), pbx.version());
    for version in [one, two, three] {
        assert_eq!(version.unwrap().to_string(), "22.3.5");
    }
    assert_eq!(server.count(REFRESHED), 1);
}

#[tokio::test]
async fn where_the_refresh_token_is_over_too_the_password_is_used_again() {
    let signed = AtomicUsize::new(0);
    let (server, access) = pinned(move |asked| match asked.line.as_str() {
        SIGN_IN if signed.fetch_add(1, Ordering::Relaxed) == 0 => tokens(1),
        SIGN_IN => tokens(2),
        REFRESHED => error(401, "UNAUTHORIZED", "Over."),
        VERSION => version(asked, "access-token-2"),
        other => panic!("{other}"),
    })
    .await;
    let pbx = Pbx::sign_in_at(&access, PACE).await.unwrap();
    assert_eq!(pbx.version().await.unwrap().to_string(), "22.3.5");
    assert_eq!((server.count(SIGN_IN), server.count(REFRESHED)), (2, 1));
}

#[tokio::test]
async fn given_a_password_that_was_changed_meanwhile_then_the_old_one_is_tried_once() {
    let (server, access) = pinned(|asked| match (asked.line.as_str(), asked.before) {
        (SIGN_IN, 0) => tokens(1),
        (SIGN_IN, _) => error(401, "WRONG_PASSWORD", "No."),
        _ => error(401, "UNAUTHORIZED", "Over."),
    })
    .await;
    let pbx = Pbx::sign_in_at(&access, PACE).await.unwrap();
    for _ in 0..3 {
        let refused = pbx.version().await.unwrap_err();
        assert!(matches!(refused, PbxError::SignIn { .. }), "{refused}");
    }
    assert_eq!(server.count(SIGN_IN), 2);
}

#[tokio::test]
async fn where_a_new_sign_in_needs_a_code_the_old_one_has_ended() {
    let (server, access) = pinned(|asked| match (asked.line.as_str(), asked.before) {
        (SIGN_IN, 0) => tokens(1),
        (SIGN_IN, _) => Reply::json(200, json!({"two_factor_enabled": "true", "token": OTP})),
        (REFRESHED, _) => error(401, "UNAUTHORIZED", "Over."),
        _ => error(401, "UNAUTHORIZED", "Over."),
    })
    .await;
    let pbx = Pbx::sign_in_at(&access, PACE).await.unwrap();
    let ended = pbx.version().await.unwrap_err();
    insta::assert_snapshot!(told(&ended, &server), @r"
    https://PBX/api: the sign-in of user admin has ended: a new one needs a one-time code
    -> Run the same command again: it signs in anew.
    [Unreachable]
    ");
}

#[tokio::test]
async fn a_user_who_may_not_ask_is_told_so_after_one_renewal() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        REFRESHED => tokens(2),
        _ => error(
            401,
            "PERMISSION",
            &format!("{} is not enough.", asked.bearer().unwrap()),
        ),
    })
    .await;
    let refused = pbx.version().await.unwrap_err();
    insta::assert_snapshot!(told(&refused, &server), @r"
    https://PBX/api: the PBX refused to tell its version: [hidden] is not enough. [PERMISSION] (HTTP 401)
    -> Use a system administrator of the PBX, without a domain, as user under [api].
    [Failed]
    ");
    assert_eq!(server.count(VERSION), 2);
}

#[tokio::test]
async fn a_token_is_drawn_once_and_kept_secret() {
    let (server, pbx) = signed_in(|asked| match asked.line.as_str() {
        "POST /api/servers/dataflow/token" => Reply::json(200, json!({"token": DRAWN, "more": 1})),
        other => panic!("{other}"),
    })
    .await;
    let token = pbx
        .generate_token(&"/servers/dataflow/token".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(token.secret().expose_secret(), DRAWN);
    assert!(!format!("{token:?}").contains(DRAWN));
    assert_eq!(server.asked()[1].body, "");
}

#[tokio::test]
async fn a_token_whose_answer_was_lost_is_not_drawn_again_unasked() {
    let (server, pbx) = signed_in(|_| {
        Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"token\":\"".to_vec())
    })
    .await;
    let lost = pbx
        .generate_token(&"/token".parse().unwrap())
        .await
        .unwrap_err();
    insta::assert_snapshot!(told(&lost, &server), @r"
    https://PBX/api: the PBX was asked to generate a token, and its answer was lost: end of file before message length reached
    -> Have another one generated (dataflow token generate): the one that the server has may no longer count.
    [Failed]
    ");
    assert_eq!(server.count("POST /api/token"), 1);
}

#[tokio::test]
async fn an_answer_without_a_token_that_can_be_used_is_told() {
    for answer in [
        json!({}),
        json!({"token": ""}),
        json!({"token": "two words"}),
        json!({"token": null}),
    ] {
        let (server, pbx) = signed_in(move |_| Reply::json(200, answer.clone())).await;
        let odd = pbx
            .generate_token(&"/token".parse().unwrap())
            .await
            .unwrap_err();
        assert!(told(&odd, &server).contains("it has no token that can be used"));
    }
}
