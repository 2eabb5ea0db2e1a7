//! A PBX that is down, slow, odd or not willing.

use super::*;

/// What is told when a sign-in is answered like this.
async fn sign_in(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, String) {
    let (server, mut access) = pinned(answer).await;
    access.timeout = Duration::from_millis(300);
    let told = match Pbx::sign_in_at(&access, PACE).await {
        Ok(_) => "signed in".to_owned(),
        Err(error) => told(&error, &server),
    };
    (server, told)
}

/// What is told when the version is answered like this, and how often it was asked.
async fn version(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (usize, String) {
    let (server, access) = pinned(move |asked| match asked.line.as_str() {
        SIGN_IN => tokens(1),
        "POST /api/auth/refresh_token" => tokens(2),
        _ => answer(asked),
    })
    .await;
    let access = ApiAccess {
        timeout: Duration::from_millis(300),
        ..access
    };
    let pbx = Pbx::sign_in_at(&access, PACE).await.unwrap();
    let told = match pbx.version().await {
        Ok(version) => version.to_string(),
        Err(error) => told(&error, &server),
    };
    (server.count(VERSION), told)
}

fn ok() -> Reply {
    Reply::json(200, json!({"version": "22.3.5"}))
}

#[tokio::test]
async fn a_wrong_password_is_asked_once_and_told_in_the_pbxs_words() {
    let (server, told) = sign_in(|asked| {
        let word = &asked.json()["password"];
        error(
            401,
            "WRONG_PASSWORD",
            &format!("Username or password {word} is not correct."),
        )
    })
    .await;
    insta::assert_snapshot!(told, @r#"
    https://PBX/api: the PBX did not sign in user admin: Username or password "[hidden]" is not correct. [WRONG_PASSWORD] (HTTP 401)
    -> Check user and password under [api]: it takes a system administrator of the PBX, without a domain. After several wrong passwords a PBX may refuse the right one for a while.
    [Unreachable]
    "#);
    assert_eq!(server.count(SIGN_IN), 1);
}

#[tokio::test]
async fn a_locked_account_is_told_in_the_pbxs_words() {
    let (_, told) =
        sign_in(|_| error(403, "LOCKED", "The account is locked for 60 minutes.")).await;
    insta::assert_snapshot!(told, @r"
    https://PBX/api: the PBX did not sign in user admin: The account is locked for 60 minutes. [LOCKED] (HTTP 403)
    -> Check user and password under [api]: it takes a system administrator of the PBX, without a domain. After several wrong passwords a PBX may refuse the right one for a while.
    [Unreachable]
    ");
}

#[tokio::test]
async fn a_sign_in_that_is_answered_oddly_is_told() {
    let mut all = Vec::new();
    for answer in [
        || Reply::json(404, json!({"path": "unknown"})),
        || Reply::json(200, json!({"access_token": ""})),
        || Reply::json(200, json!({"access_token": "with\nlines"})),
        || Reply::json(200, json!(["Pa55word-of-the-admin"])),
        || {
            Reply::Whole(
                200,
                "",
                "<!doctype html><title>Pa55word-of-the-admin</title>".to_owned(),
            )
        },
        || Reply::Whole(200, "", "Pa55word-of-the-admin".to_owned()),
        || Reply::Whole(204, "", String::new()),
        || {
            Reply::Whole(
                302,
                "location: https://elsewhere.example.com/login\r\n",
                String::new(),
            )
        },
    ] {
        all.push(sign_in(move |_| answer()).await.1);
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: HTTP 404
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it has no access token
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it has no access token
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it has no access token
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it is a web page (HTML)
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it is no JSON
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it is empty
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    https://PBX/api: the answer to "sign in" is not one of a PBX's API: it sends to https://elsewhere.example.com/login (HTTP 302)
    -> Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.
    [Unreachable]
    "#);
}

#[tokio::test]
async fn nobody_is_followed_to_another_place() {
    let (elsewhere, _) = pinned(|_| tokens(1)).await;
    let to: &'static str = format!("location: {}\r\n", elsewhere.url).leak();
    let (server, told) = sign_in(move |_| Reply::Whole(307, to, String::new())).await;
    assert!(told.contains("it sends to https://127.0.0.1:"), "{told}");
    assert_eq!((server.asked().len(), elsewhere.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_pbx_that_is_down_is_told() {
    let (mut server, mut access) = pinned(|_| Reply::Hang).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server.url = format!("https://{}/api", listener.local_addr().unwrap());
    drop(listener);
    access.url = server.url.parse().unwrap();
    let error = Pbx::sign_in_at(&access, PACE).await.unwrap_err();
    insta::assert_snapshot!(told(&error, &server), @r"
    https://PBX/api: could not reach the PBX: Connection refused (os error 111)
    -> Check that the PBX runs, that url under [api] is right, and that a firewall lets this machine reach that port.
    [Unreachable]
    ");
}

#[tokio::test]
async fn who_takes_a_connection_and_says_nothing_is_told_from_a_pbx_that_is_slow() {
    let (mut server, mut access) = pinned(|_| Reply::Hang).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server.url = format!("https://{}/api", listener.local_addr().unwrap());
    access.url = server.url.parse().unwrap();
    access.timeout = Duration::from_millis(300);
    let error = Pbx::sign_in_at(&access, PACE).await.unwrap_err();
    insta::assert_snapshot!(told(&error, &server), @r"
    https://PBX/api: could not reach the PBX: no connection in time
    -> Check that the PBX runs, that url under [api] is right, and that a firewall lets this machine reach that port.
    [Unreachable]
    ");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told() {
    let (server, mut access) = pinned(|_| Reply::Hang).await;
    access.url = "https://pbx.invalid:8887/api".parse().unwrap();
    let error = Pbx::sign_in_at(&access, PACE).await.unwrap_err();
    let told = told(&error, &server);
    assert!(
        told.starts_with("https://pbx.invalid:8887/api: could not reach the PBX: "),
        "{told}"
    );
}

#[tokio::test]
async fn a_pbx_that_is_slow_is_waited_for_within_the_deadline() {
    let (asked, told) = version(|_| Reply::Late(Duration::from_millis(100), Box::new(ok()))).await;
    assert_eq!((asked, told.as_str()), (1, "22.3.5"));
}

#[tokio::test]
async fn a_pbx_that_hangs_is_given_up_and_asked_once() {
    let (asked, told) = version(|_| Reply::Hang).await;
    insta::assert_snapshot!(told, @r"
    https://PBX/api: the PBX did not answer within 1 s when asked to tell its version
    -> Check how the PBX is doing; where it is only far away, set a longer timeout under [api].
    [Unreachable]
    ");
    assert_eq!(asked, 1);
    let (asked, dripped) =
        version(|_| Reply::Drip(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n".to_vec())).await;
    assert_eq!((asked, dripped), (1, told));
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    for answer in [
        || error(503, "STARTING", "Not yet."),
        || error(429, "LIMIT", "Too many."),
        || Reply::Whole(429, "retry-after: 0\r\n", String::new()),
        || Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()),
        || Reply::Raw(Vec::new()),
    ] {
        let (asked, told) =
            version(move |asked| if asked.before < 2 { answer() } else { ok() }).await;
        assert_eq!((asked, told.as_str()), (3, "22.3.5"));
    }
}

#[tokio::test]
async fn what_does_not_pass_is_told_in_the_end() {
    let mut all = Vec::new();
    for answer in [
        || error(503, "STARTING", "Not yet."),
        || Reply::Whole(502, "", "<html>bad gateway</html>".to_owned()),
        || error(429, "LIMIT", "Too many."),
        || Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()),
        || Reply::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
    ] {
        let (asked, told) = version(move |_| answer()).await;
        assert_eq!(asked, 5, "{told}");
        all.push(told);
    }
    insta::assert_snapshot!(all.join("\n"), @r"
    https://PBX/api: the PBX failed to tell its version: Not yet. [STARTING] (HTTP 503)
    -> Check how the PBX is doing, then run the same command again.
    [Failed]
    https://PBX/api: the PBX failed to tell its version: HTTP 502 with a web page (HTML)
    -> Check how the PBX is doing, then run the same command again.
    [Failed]
    https://PBX/api: the PBX takes no more requests for now when asked to tell its version
    -> Wait a minute, then run the same command again.
    [Failed]
    https://PBX/api: the PBX hung up when asked to tell its version: end of file before message length reached
    -> Check how the PBX is doing, then run the same command again.
    [Unreachable]
    https://PBX/api: the PBX hung up when asked to tell its version: invalid HTTP version parsed
    -> Check how the PBX is doing, then run the same command again.
    [Unreachable]
    ");
}

#[tokio::test]
async fn a_pbx_that_wants_to_be_left_alone_for_long_is_not_waited_for() {
    let (asked, told) =
        version(|_| Reply::Whole(429, "retry-after: 3600\r\n", String::new())).await;
    insta::assert_snapshot!(told, @r"
    https://PBX/api: the PBX takes no more requests for now when asked to tell its version; it asks to wait 3600 s
    -> Wait that long, then run the same command again.
    [Failed]
    ");
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn an_answer_of_any_length_is_not_read() {
    let mut all = Vec::new();
    for answer in [
        || Reply::Whole(200, "", "x".repeat(2 << 20)),
        || Reply::Drip([b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 4 << 20]].concat()),
    ] {
        all.push(version(move |_| answer()).await.1);
    }
    assert!(all[0].contains("it is larger than 1 MiB"), "{}", all[0]);
    assert!(all[1].contains("did not answer within"), "{}", all[1]);
}

#[tokio::test]
async fn a_refusal_is_asked_once_and_told() {
    let mut all = Vec::new();
    for answer in [
        || error(403, "PERMISSION", "SystemSettings.FullAccess is needed."),
        || error(404, "UNKNOWN", "No such thing."),
        || error(422, "INVALID", "\u{1b}[2J\u{202e}odd"),
    ] {
        let (asked, told) = version(move |_| answer()).await;
        assert_eq!(asked, 1, "{told}");
        all.push(told);
    }
    insta::assert_snapshot!(all.join("\n"), @r"
    https://PBX/api: the PBX refused to tell its version: SystemSettings.FullAccess is needed. [PERMISSION] (HTTP 403)
    -> Use a system administrator of the PBX, without a domain, as user under [api].
    [Failed]
    https://PBX/api: the PBX refused to tell its version: No such thing. [UNKNOWN] (HTTP 404)
    -> Look what the PBX has now (dataflow whitelist list), then run the same command again. A path that the PBX does not know means that url or generate-path is wrong.
    [Failed]
    https://PBX/api: the PBX refused to tell its version: \u{1b}[2J\u{202e}odd [INVALID] (HTTP 422)
    -> Look what the PBX has now (dataflow whitelist list), then run the same command again.
    [Failed]
    ");
}
